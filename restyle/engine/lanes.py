"""Lanes: the LANES numbers of a pixel as one vector, which stays in the processor's registers.

For brushes. A loop over the few numbers of one pixel is unrolled, and not vectorised, since for
all that is known its arrays overlap: it then goes through memory number by number. Vectors are
added, subtracted and multiplied with each other and with single numbers, and become whatever
vectors a processor has.
"""

import operator
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model

from restyle.engine.kernels import F, inlined
from restyle.engine.palette import LANES

Lanes = Any  # no Python object ever is one

_FLOAT, _BYTE, _WORD, _INT = ir.FloatType(), ir.IntType(8), ir.IntType(16), ir.IntType(32)
_FLOATS, _BYTES, _WORDS, _INTS = (ir.VectorType(one, LANES) for one in (_FLOAT, _BYTE, _WORD, _INT))
_KEPT = {types.float32: _FLOATS, types.uint8: _BYTES, types.uint16: _WORDS}
_PLACES = ir.Constant(_WORDS, list(range(LANES)))
_NOTHING = ir.Constant(_FLOATS, [0.0] * LANES)


class _Vector(types.Type):
    def __init__(self) -> None:
        super().__init__("Lanes")


_VECTOR = _Vector()


@register_model(_Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Vector) -> None:
        super().__init__(manager, kind, _FLOATS)  # type: ignore[no-untyped-call]


def _spread(builder: Any, value: Any, kind: Any) -> Any:
    """A number, LANES times."""
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.IntType(32)(0))
    to_all = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), to_all)


def _in_arithmetic(name: Callable[[Any, Any], Any], instruction: str) -> None:
    @infer_global(name)  # type: ignore[no-untyped-call]
    class _Typed(AbstractTemplate):
        def generic(self, args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
            are_lanes = [isinstance(one, _Vector) for one in args]
            fit = all(
                one or kind == types.float32 for one, kind in zip(are_lanes, args, strict=True)
            )
            if kws or not any(are_lanes) or not fit:
                return None
            return signature(_VECTOR, *args)  # type: ignore[no-untyped-call]

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        both = [
            one if isinstance(kind, _Vector) else _spread(builder, one, _FLOATS)
            for one, kind in zip(args, sig.args, strict=True)
        ]
        return getattr(builder, instruction)(*both, flags=("fast",))

    for pair in ((_VECTOR, _VECTOR), (_VECTOR, types.float32), (types.float32, _VECTOR)):
        lower_builtin(name, *pair)(lowered)  # type: ignore[no-untyped-call]


for _name, _inplace, _how in (
    (operator.add, operator.iadd, "fadd"),
    (operator.sub, operator.isub, "fsub"),
    (operator.mul, operator.imul, "fmul"),
):
    _in_arithmetic(_name, _how)
    _in_arithmetic(_inplace, _how)


def _instruction(function: Callable[..., Any]) -> Callable[..., Any]:
    return cast(Callable[..., Any], intrinsic(function))


@_instruction
def every(_: Any, value: Any) -> Any:
    """A number (float32), LANES times."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _spread(builder, args[0], _FLOATS)

    return _VECTOR(types.float32), generate


@_instruction
def load(_: Any, row: Any, at: Any) -> Any:
    """What stands in a flat array, of floats, bytes or 16 bits, from `at` on."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kept = _KEPT[sig.args[0].dtype]
        place = _place(context, builder, sig, args, kept)
        values = builder.load(place, align=1)
        return values if kept is _FLOATS else builder.uitofp(values, _FLOATS)

    return _VECTOR(row, types.uintp), generate


@_instruction
def store(_: Any, row: Any, at: Any, values: Any) -> Any:
    """Put them into a flat array, of floats or (cut off) of bytes or 16 bits, from `at` on."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kept = _KEPT[sig.args[0].dtype]
        place = _place(context, builder, sig, args, kept)
        given = args[2] if kept is _FLOATS else _whole(builder, args[2], kept)
        builder.store(given, place, align=1)
        return context.get_dummy_value()

    return types.void(row, types.uintp, values), generate


@_instruction
def cut_off(_: Any, values: Any) -> Any:
    """Without what is behind the point; of numbers that are not negative, and below 2¹⁵."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.sitofp(_whole(builder, args[0], _INTS), _FLOATS)

    return _VECTOR(values), generate


@_instruction
def total(_: Any, values: Any) -> Any:
    """Their sum."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(_FLOAT, [_FLOAT, _FLOATS])
        return _reduced(builder, "fadd", kind, [_FLOAT(0), args[0]])

    return types.float32(values), generate


@_instruction
def largest(_: Any, values: Any) -> Any:
    """The largest of them."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _reduced(builder, "fmax", ir.FunctionType(_FLOAT, [_FLOATS]), [args[0]])

    return types.float32(values), generate


@_instruction
def place_of(_: Any, values: Any, value: Any) -> Any:
    """The first place at which one of them is `value`; there must be one."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        same = builder.fcmp_ordered("==", args[0], _spread(builder, args[1], _FLOATS))
        bits = builder.bitcast(same, ir.IntType(LANES))
        first = builder.cttz(bits, ir.IntType(1)(1))
        return builder.zext(first, ir.IntType(32))

    return types.uint32(values, types.float32), generate


@_instruction
def with_more(_: Any, values: Any, place: Any, more: Any) -> Any:
    """The same, with `more` at a place."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wanted = _spread(builder, builder.trunc(args[1], _WORD), _WORDS)
        here = builder.icmp_unsigned("==", _PLACES, wanted)
        added = builder.select(here, _spread(builder, args[2], _FLOATS), _NOTHING)
        return builder.fadd(args[0], added, flags=("fast",))

    return _VECTOR(values, types.uint32, types.float32), generate


@inlined
def rounded(values: Lanes) -> Lanes:
    """To the nearest whole numbers; of numbers as `cut_off` takes them."""
    return cut_off(values + every(F(0.5)))


@inlined
def best_two(values: Lanes) -> tuple[np.uint32, np.uint32, F, F]:
    """The places of the two largest, neither negative, and these: of equals the first."""
    top = largest(values)
    first = place_of(values, top)
    others = with_more(values, first, F(-2) - top)
    next_top = largest(others)
    return first, place_of(others, next_top), top, next_top


def _place(context: Any, builder: Any, sig: Any, args: Any, kept: Any) -> Any:
    """The address of an array's (args[0]) element (args[1]), as one of a vector."""
    data = context.make_array(sig.args[0])(context, builder, args[0]).data
    return builder.bitcast(builder.gep(data, [args[1]]), kept.as_pointer())


def _whole(builder: Any, values: Any, kept: Any) -> Any:
    # By way of signed numbers, for which processors have an instruction.
    whole = builder.fptosi(values, _INTS)
    return whole if kept is _INTS else builder.trunc(whole, kept)


def _reduced(builder: Any, how: str, kind: Any, args: Any) -> Any:
    name = f"llvm.vector.reduce.{how}.v{LANES}f32"
    return builder.call(builder.module.declare_intrinsic(name, (), kind), args, fastmath=("fast",))
