"""One turn of a conversation. Pure: what the person meant goes in, the new state of the conversation comes out."""
