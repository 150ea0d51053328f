"""Writes what PyYAML 6 sees in YAML files, one line a document, as tests/trees/judged.rs does.

usage: python3 judge.py FILE...          one line a file: name, documents, SHA-256 of their lines
       python3 judge.py --text FILE      the lines themselves
"""
import hashlib, json, os, sys, yaml

KINDS = {"str": "s", "timestamp": "s", "merge": "s", "value": "s", "int": "n", "float": "n"}


def text(value):
    return json.dumps(value, ensure_ascii=False)


def line(node):
    core = node.tag.removeprefix("tag:yaml.org,2002:")
    if core == node.tag:
        if node.tag == "!":
            return "s" + text(node.value)
        return "!" + node.tag.removeprefix("!") + "(" + inner(node) + ")"
    if isinstance(node, yaml.ScalarNode):
        if core == "null":
            return "0"
        if core == "bool":
            return "b" + str(node.value.lower() in ("true", "yes", "on")).lower()
        return KINDS[core] + (text(node.value) if KINDS[core] == "s" else node.value)
    return inner(node)


def inner(node):
    if isinstance(node, yaml.ScalarNode):
        return "s" + text(node.value)
    if isinstance(node, yaml.SequenceNode):
        return "[" + ",".join(line(item) for item in node.value) + "]"
    return "{" + ",".join(text(key.value) + ":" + line(value) for key, value in node.value) + "}"


def lines(path):
    with open(path, "rb") as file:
        return [line(node) if node else "0" for node in yaml.compose_all(file, yaml.SafeLoader)]


if sys.argv[1] == "--text":
    print("\n".join(lines(sys.argv[2])))
else:
    for path in sys.argv[1:]:
        try:
            found = lines(path)
            digest = hashlib.sha256("\n".join(found).encode()).hexdigest()
            print(os.path.basename(path), len(found), digest, sep="\t")
        except (yaml.YAMLError, RecursionError):
            print(os.path.basename(path), "-", "refused", sep="\t")
