"""api/openapi.yaml as a judge: is a reply what the document says?

Nothing that the document does not name may be in a reply, unless it says so itself.
"""
import copy
import json
import re

import jsonschema
import yaml

import lab

DOCUMENT = lab.ROOT / "api" / "openapi.yaml"


class Document:
    def __init__(self):
        self.document = yaml.safe_load(DOCUMENT.read_text())
        self.strict = copy.deepcopy(self.document)
        for name, schema in self.strict["components"]["schemas"].items():
            jsonschema.Draft202012Validator.check_schema(schema)
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)
        self.seen = set()

    def operations(self, door=None):
        """(method, path, operation), of a door; None: of the operator's."""
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if operation.get("x-door") == door:
                    yield method.upper(), path, operation

    def find(self, method, path):
        """The pattern and the operation of a path that was asked for; paths as written first."""
        found = []
        for pattern, methods in self.document["paths"].items():
            shape = re.sub(r"\{[^}]*\}", "[^/]+", re.escape(pattern).replace(r"\{", "{").replace(
                r"\}", "}"))  # fmt: skip
            if method.lower() in methods and re.fullmatch(shape, path):
                found.append((pattern.count("{"), pattern))
        if not found:
            return None, None
        pattern = min(found)[1]
        return pattern, self.document["paths"][pattern][method.lower()]

    def complaint(self, method, path, reply):
        """What is wrong with a reply (status, content type, body); empty: nothing."""
        status, kind, body = reply
        pattern, operation = self.find(method, path.partition("?")[0])
        if operation is None:
            return f"the document has no {method} {path}"
        self.seen.add((method, pattern))
        said = operation["responses"].get(str(status)) or operation["responses"].get("default")
        if said is None:
            return f"{method} {pattern} has no reply {status}"
        if "$ref" in said:
            said = self.document["components"]["responses"][said["$ref"].rpartition("/")[2]]
        content = said.get("content")
        if content is None:
            return f"{method} {pattern}: a body where none is said" if body.strip() else ""
        media = kind.partition(";")[0]
        if media not in content:
            return f"{method} {pattern} {status}: {kind} is not {'/'.join(content)}"
        if "json" not in media:
            return ""
        return self.complaint_of(content[media]["schema"], body, f"{method} {pattern} {status}")

    def complaint_of(self, schema, body, where):
        whole = {**self.strict, **schema}  # So that #/components/… is found.
        formats = jsonschema.FormatChecker()
        validator = jsonschema.Draft202012Validator(whole, format_checker=formats)
        errors = sorted(validator.iter_errors(json.loads(body)), key=lambda e: len(e.path))
        return "; ".join(
            f"{where}: {'/'.join(map(str, e.path))}: {e.message[:200]}" for e in errors[:3]
        )
