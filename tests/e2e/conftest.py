from tests.e2e.world import fresh_world, shared_world, standin_port, world_mail_server

__all__ = ["fresh_world", "shared_world", "standin_port", "world_mail_server"]
