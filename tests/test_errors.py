import inspect
import pickle

import pytest

from restyle import errors
from restyle.errors import CloudError, RestyleError

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, RestyleError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_survives_pickling_whole(kind: type[RestyleError]) -> None:
    facts = {"request_id": "r-1", "http_status": 400} if issubclass(kind, CloudError) else {}
    error = kind("It broke.", what_next="Mend it.", code="Broken", **facts)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.as_dict() == {"code": "Broken", "message": "It broke.", "what_next": "Mend it."}
    assert again.facts == error.facts


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_tree_in_the_docstring_names_every_error(kind: type[RestyleError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")


def test_an_error_reads_as_what_happened_and_what_to_do() -> None:
    assert str(RestyleError("It broke.", what_next="Mend it.")) == "It broke. Mend it."
