import json

from steelyard.report.document import embedded_json


def test_embedded_json_cannot_leave_its_element() -> None:
    text = embedded_json({"<!--": "</script>\u2028&"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"<!--": "</script>\u2028&"}
