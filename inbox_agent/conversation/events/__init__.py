"""What follows from an event that is no turn: delivery reports, outages, first contact, limits, notes for memory."""
