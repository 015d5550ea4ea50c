import pytest
from flask.testing import FlaskClient

from inbox_agent.web.app import create_app
from tests.unit.web.fakes import API_TOKEN, SECRET_KEY, FakeConversations


@pytest.fixture
def conversations() -> FakeConversations:
    return FakeConversations()


@pytest.fixture
def client(conversations: FakeConversations) -> FlaskClient:
    app = create_app(
        conversations,
        api_token=API_TOKEN,
        secret_key=SECRET_KEY,
        mail_address="agent@example.com",
        banners=("Embedded engine",),
    )
    return app.test_client()
