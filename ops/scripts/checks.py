"""What the check-* scripts share: walking the tree, taking comments out, reporting, and testing themselves.

A check is a function from a root folder to findings `(path, line number, message)`.
"""

import os
import sys
import tempfile

sys.dont_write_bytecode = True


GENERATED = (".pb.swift", "+Generated.swift")


def files(root, *folders, suffixes=(".swift",)):
    """Yields the paths, relative to `root`, of the files under `folders` that end in one of `suffixes`.

    Generated files are left out: their generator is what one would mend.
    """
    for folder in folders:
        for parent, names, members in os.walk(os.path.join(root, folder)):
            names[:] = sorted(n for n in names if not n.startswith("."))
            for member in sorted(members):
                if member.endswith(suffixes) and not member.endswith(GENERATED):
                    yield os.path.relpath(os.path.join(parent, member), root)


def read(root, path):
    """The text of a file, or nothing for one that is not text."""
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError:
        return ""


def without_comments(text):
    """Swift source with its comments blanked, so that line numbers stay as they are; string literals are kept."""
    result, index, depth, quote = [], 0, 0, None
    while index < len(text):
        if depth:  # inside /* */, which nests
            pair = text[index : index + 2]
            depth += (pair == "/*") - (pair == "*/")
            step = 2 if pair in ("/*", "*/") else 1
            result.append("\n" if text[index] == "\n" else " " * step)
            index += step
        elif quote:
            step = 2 if text[index] == "\\" else len(quote) if text.startswith(quote, index) else 1
            closed = text.startswith(quote, index) or (len(quote) == 1 and text[index] == "\n")
            result.append(text[index : index + step])
            index += step
            quote = None if closed else quote
        elif text.startswith("//", index):
            end = text.find("\n", index)
            index = len(text) if end < 0 else end
        elif text.startswith("/*", index):
            depth, index = 1, index + 2
        else:
            quote = next((q for q in ('"""', '"') if text.startswith(q, index)), None)
            step = len(quote) if quote else 1
            result.append(text[index : index + step])
            index += step
    return "".join(result)


def matches(text, pattern):
    """Yields `(line number, match)` for each match of a compiled pattern."""
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match


def run(check, good, bad):
    """Runs a check on the folder given as argument (the repository by default), or `--self-test`s it.

    `good` and `bad` map paths to contents. The check must find nothing in `good`; with one file of `bad` added it must
    find exactly the lines of that file that end in the marker `// !`.
    """
    name = os.path.basename(sys.argv[0])
    argument = sys.argv[1] if len(sys.argv) > 1 else None
    if argument == "--self-test":
        problems = self_test(check, good, bad)
        print("\n".join(f"{name}: self-test: {p}" for p in problems) or f"{name}: self-test passed")
        sys.exit(1 if problems else 0)
    root = argument or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    findings = list(check(root))
    for path, line, message in findings:
        print(f"{path}:{line}: {message}")
    print(f"{name}: {len(findings)} finding(s)" if findings else f"{name}: nothing found")
    sys.exit(1 if findings else 0)


def self_test(check, good, bad):
    """The ways in which a check fails on planted trees."""
    problems = []
    for path in [None, *bad]:
        planted = dict(good) if path is None else {**good, path: bad[path]}
        with tempfile.TemporaryDirectory() as root:
            for name, content in planted.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)) or root, exist_ok=True)
                with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                    file.write(content)
            found = sorted({(p, line) for p, line, _ in check(root)})
        lines = [] if path is None else bad[path].split("\n")
        expected = [(path, number + 1) for number, line in enumerate(lines) if line.endswith("// !")]
        if found != expected:
            problems.append(f"in {path or 'a clean tree'}: expected {expected}, found {found}")
    return problems
