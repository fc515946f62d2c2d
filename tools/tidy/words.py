"""Names that say nothing, words that a better one replaces, and what has no place in the tree."""
import re

from source import Finding

# In C++ identifiers. Source: STYLE.md §3.
NAMES = [
    (r"\b\w*Manager\b", "what does it do with them? own, pool, schedule, route"),
    (r"\b\w*[Hh]elpers?\b", "name what it helps with"),
    (r"\b\w*Util(s|ity|ities)?\b|\b[uU]tils?::", "a folder of its subject"),
    (r"\b[A-Za-z]*Common\b", "name what they have in common"),
    (r"\b([A-Za-z0-9]*[a-z0-9])?Info\b", "the noun itself"),
    (r"\b[A-Z][A-Za-z0-9]*[a-z0-9]Data\b", "the noun itself"),
    (r"\b(?!PQ)\w*Processor\b", "the verb it performs"),
    (r"\bdo_[a-z]\w*", "the verb alone"),
    (r"\bhandle_[a-z]\w*", "what does it do about it?"),
]

# In every text.
WORDS = [
    (r"\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b", "finish it, or open an issue"),
    (r"\bmaste[r]\b(?! playlist)|\bslav[e]s?\b", "primary, replica, leader, worker"),
    (r"\b(white|black)lis[t]", "allow list, deny list"),
    (r"\bmaster playlis[t]", "multivariant playlist"),
    # How a text was made is not what it says.
    (
        r"(?i)claud[e]|anthropi[c]|chatgp[t]|copilo[t]|subagen[t]|\bas an A[I]\b|\bA[I] assistant",
        "leave it out",
    ),
    # Where packages come from is the machine's business.
    (
        r"(deb|security|ftp)\.debian\.or[g]|registry\.npm[j]s|npm-registr[y]"
        r"|pypi\.or[g]|pythonhoste[d]",
        "name the package only",
    ),
    (r"(?<![\w.])/wor[k]/\w+|(?<![\w.$])/roo[t]/\w+|/home/[a-z]+[/]", "a path of one machine"),
]
PICTURES = re.compile(r"\.(png|jpg|svg|ico|pem|key|lock)$|LICENSE$")


def check(source):
    if PICTURES.search(source.path):
        return
    if source.suffix in (".cc", ".h"):
        for pattern, hint in NAMES:
            for match in re.finditer(pattern, source.code):
                yield Finding(
                    source.path, source.line_of(match.start()), f"the name `{match.group()}`", hint
                )
    for pattern, hint in WORDS:
        for match in re.finditer(pattern, source.text):
            yield Finding(
                source.path, source.line_of(match.start()), f"the word `{match.group()}`", hint
            )
