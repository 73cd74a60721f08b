"""Pickles read as data.

A pickle is a program that may call anything. This machine runs the instructions that
build plain values, and calls nothing but what it was given for the names in a pickle.
What is made of other classes is an `Object`, which only holds what it was filled with.
"""

import dataclasses
import pickletools

# Of a pickle and those within it. That of a large file of networks has a tenth of them.
MAX_INSTRUCTIONS = 2_000_000
KEYS = (str, int, float, bool, type(None))


@dataclasses.dataclass(frozen=True)
class Name:
    """A class or a function that a pickle names; it is not imported."""

    module: str
    name: str

    @property
    def full(self):
        """Like "collections.OrderedDict"."""
        return f"{self.module}.{self.name}"

    def __str__(self):
        return printable(self.full)


class Object:
    """What would be an instance of a class, with its attributes and its items.

    Attributes:
        name: `Name` of the class.
        state: What its attributes are to be, a dict in most cases.
        items: dict, if it is one itself.
    """

    def __init__(self, name, state=None):
        self.name = name
        self.state = state
        self.items = {}

    def get(self, key):
        """An attribute, or None."""
        return self.state.get(key) if isinstance(self.state, dict) else None


def printable(text, length=100):
    """The beginning of a text of a file, as a message may show it."""
    return "".join(filter(str.isprintable, text[:length]))


class Budget:
    """How many instructions a file may have, those of pickles in pickles with it."""

    def __init__(self):
        self.left = MAX_INSTRUCTIONS

    def spend(self):
        """Count an instruction. It may take a hundred times its bytes in memory."""
        self.left -= 1
        if self.left < 0:
            raise ValueError(f"more than {MAX_INSTRUCTIONS:,} instructions")


class Machine:
    """Reads pickles.

    Args:
        calls: dict from full names, like "collections.OrderedDict", to functions that
            are called in place of what has this name.
        persistent: function of what a pickle says of a persistent object.
        knows: function of a `Name`. Whether it may be in a pickle that does not call
            it; by default all may.
        budget: `Budget` or None. That of the file.
    """

    def __init__(self, calls, persistent=None, knows=lambda name: True, budget=None):
        self.calls = calls
        self.persistent = persistent
        self.knows = knows
        self.budget = budget or Budget()

    def read(self, stream):
        """Return the value of the next pickle of a stream.

        Raises:
            Exception: If it is damaged, has an instruction that PyTorch and classes do
                not need, or calls something else.
        """
        stack, marks, memo = [], [], {}
        for instruction, argument, _ in pickletools.genops(stream):
            self.budget.spend()
            match instruction.name:
                case "PROTO" | "FRAME":
                    pass
                case "STOP":
                    return stack.pop()
                case "MARK":
                    marks.append(len(stack))
                case "BINPUT" | "LONG_BINPUT":
                    memo[argument] = stack[-1]
                case "MEMOIZE":
                    memo[len(memo)] = stack[-1]
                case "BINGET" | "LONG_BINGET":
                    stack.append(memo[argument])
                case "BININT" | "BININT1" | "BININT2" | "LONG1" | "BINFLOAT":
                    stack.append(argument)
                case "SHORT_BINUNICODE" | "BINUNICODE" | "BINUNICODE8":
                    stack.append(argument)
                case "SHORT_BINBYTES" | "BINBYTES" | "BINBYTES8" | "BYTEARRAY8":
                    stack.append(argument)
                case "NONE" | "NEWTRUE" | "NEWFALSE" as name:
                    stack.append({"NEWTRUE": True, "NEWFALSE": False}.get(name))
                case "EMPTY_TUPLE":
                    stack.append(())
                case "EMPTY_LIST" | "EMPTY_SET":
                    stack.append([])
                case "EMPTY_DICT":
                    stack.append({})
                case "TUPLE1" | "TUPLE2" | "TUPLE3" as name:
                    stack.append(tuple(_pop(stack, len(stack) - int(name[-1]))))
                case "TUPLE":
                    stack.append(tuple(_pop(stack, marks.pop())))
                case "APPEND" | "SETITEM" as name:
                    count = 1 if name == "APPEND" else 2
                    _fill(_pop(stack, len(stack) - count), stack)
                case "APPENDS" | "SETITEMS" | "ADDITEMS":
                    _fill(_pop(stack, marks.pop()), stack)
                case "GLOBAL":
                    stack.append(self._name(*argument.split(" ", 1)))
                case "STACK_GLOBAL":
                    stack.append(self._name(*_pop(stack, len(stack) - 2)))
                case "BINPERSID" if self.persistent:
                    stack.append(self.persistent(*stack.pop()))
                case "REDUCE":
                    stack.append(self._call(*_pop(stack, len(stack) - 2)))
                case "NEWOBJ":
                    cls, _ = _pop(stack, len(stack) - 2)
                    stack.append(_instance(cls))
                case "NEWOBJ_EX":
                    cls, *_ = _pop(stack, len(stack) - 3)
                    stack.append(_instance(cls))
                case "BUILD":
                    state = stack.pop()
                    # A dict has attributes too, which no tensor needs.
                    if isinstance(stack[-1], Object):
                        stack[-1].state = state
                case name:
                    raise ValueError(f"the instruction {name} is refused")

    def _name(self, module, name):
        found = Name(check_text(module), check_text(name))
        if found.full not in self.calls and not self.knows(found):
            raise ValueError(f"the global {found} is refused")
        return found

    def _call(self, function, arguments):
        if not isinstance(function, Name):
            raise ValueError("a call of something that has no name is refused")
        if function.full not in self.calls:
            raise ValueError(f"the call of {function} is refused; nothing was called")
        return self.calls[function.full](*arguments)


def _instance(cls):
    if not isinstance(cls, Name):
        raise ValueError("an instance of something that is no class")
    return Object(cls)


def _pop(stack, start):
    if not 0 <= start <= len(stack):
        raise ValueError("a pickle with nothing to build from")
    values = stack[start:]
    del stack[start:]
    return values


def _fill(values, stack):
    """Put `values` into the list, the dict or the object on top of the stack."""
    container = stack[-1]
    if isinstance(container, list):
        container.extend(values)
        return
    items = container.items if isinstance(container, Object) else container
    for key, value in zip(values[::2], values[1::2], strict=True):
        # Others may not be hashed safely.
        if not isinstance(key, KEYS):
            raise ValueError("something else where a name belongs")
        items[key] = value


def check_text(value):
    """Return what is to be looked up, if it is text."""
    if not isinstance(value, str):
        raise ValueError("something else where a name belongs")
    return value
