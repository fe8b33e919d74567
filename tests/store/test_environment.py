import json

from evoapproxnas.store.environment import describe_environment


def test_environment_is_json_and_names_what_matters():
    environment = json.loads(json.dumps(describe_environment()))
    assert environment["processor"]
    assert environment["cores"] >= 1
    assert environment["packages"]["numpy"]
