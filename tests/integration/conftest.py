from tests.mail_server import mail_server, new_person, unused_port

__all__ = ["mail_server", "new_person", "unused_port"]
