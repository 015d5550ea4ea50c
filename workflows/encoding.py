"""How values travel to and from the iWF server: plain JSON, pydantic models included."""

import json
from typing import Any

from iwf.iwf_api.models import EncodedObject
from iwf.iwf_api.types import Unset
from iwf.object_encoder import (
    AdvancedJSONEncoder,
    BinaryNullPayloadConverter,
    CompositePayloadConverter,
    JSONPlainPayloadConverter,
    JSONTypeConverter,
    ObjectEncoder,
    UnsetPayloadConverter,
)
from pydantic import BaseModel


class _ModelConverter(JSONTypeConverter):
    def to_typed_value(self, hint: Any, value: Any) -> Any:
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            return None if value is None else hint.model_validate(value)
        return JSONTypeConverter.Unhandled


class _ModelAwareJson(JSONPlainPayloadConverter):
    """The SDK's own converter warns about pydantic models, and its escapes double the size of text that is not English.

    This one hands it plain JSON values, defaults left out so that a small change makes a small history.
    """

    def __init__(self) -> None:
        super().__init__(custom_type_converters=[_ModelConverter()])

    def to_payload(self, value: Any) -> tuple[bool, EncodedObject | Unset]:
        if isinstance(value, BaseModel):
            value = value.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(value, cls=AdvancedJSONEncoder, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        # A lone surrogate has no place in UTF-8; wherever it came from, it must not stop the workflow.
        return True, EncodedObject(encoding=self.encoding, data=text.encode("utf-8", "replace").decode())


class _Converter(CompositePayloadConverter):
    def __init__(self) -> None:
        super().__init__(UnsetPayloadConverter(), BinaryNullPayloadConverter(), _ModelAwareJson())


ENCODER = ObjectEncoder(payload_converter_class=_Converter)
