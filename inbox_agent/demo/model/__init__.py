"""The stand-in for a model: an HTTP server that speaks the Responses API and answers by fixed rules. It is no model.

It knows nothing but the request that a model would get. ``when`` reads times, ``phrases`` translates, ``writing`` words
mails, ``understanding`` turns an instruction into the structured output, ``server`` speaks HTTP.
"""

from inbox_agent.demo.model.server import main

__all__ = ["main"]
