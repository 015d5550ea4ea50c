"""An AI email agent that lives in a mailbox.

Layers, from the inside out (an import may only point inwards; a test walks them):

1. ``models``, ``errors``, ``ports`` — value objects, the error taxonomy, the Protocols of everything outside.
2. ``mail``, ``turn`` — pure: bytes or values in, values out; no clock, network, environment or logging.
3. ``adapters``, ``poller``, ``scheduler``, ``web`` — I/O over the ports.
4. ``embedded`` — what stands in for a service on one machine (engine, mail server, model); only the launcher imports it.
5. ``bootstrap``, ``cli`` — the composition root and the commands.
"""

__version__ = "0.1.0"
