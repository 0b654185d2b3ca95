# mypy: allow-untyped-calls, disable-error-code="assignment,no-untyped-call"
"""Vector width: whether LLVM may use the processor's widest registers, and how it is told.

For all of Intel's processors LLVM takes half of AVX-512's registers, since the first ones ran slower while they used
them whole. Later ones, from Ice Lake on, do not, and the camera's loops are long, with many numbers under way: whole
registers save a tenth of a picture's time. LLVM heeds an attribute of each function, which numba has no option for; its
compiler can be extended, and that is done here.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import binding
from numba.core import compiler, config, lowering, typed_passes
from numba.core.compiler_machinery import register_pass

__all__ = ["WIDEST", "WidestVectors"]


def _likes_whole_registers() -> bool:
    """Whether this is a processor from Ice Lake or Zen 4 on; numba's variables may choose another than this one."""
    settings: Any = config
    if settings.CPU_NAME is not None or settings.CPU_FEATURES is not None:
        return False
    return bool(binding.get_host_cpu_features().get("avx512vbmi2"))


WIDEST: Final = _likes_whole_registers()
"""Whether kernels are compiled for registers of 512 bits."""


class _Lower(lowering.Lower):
    def setup_function(self, description: Any) -> None:
        super().setup_function(description)
        # llvmlite knows only some attributes by name, and writes whatever the set holds
        set.add(self.function.attributes, '"prefer-vector-width"="512"')


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(typed_passes.BaseNativeLowering):
    _name = "native_lowering_for_widest_vectors"

    @property
    def lowering_class(self) -> Any:
        return _Lower


class WidestVectors(compiler.CompilerBase):
    """numba's compiler, for ``pipeline_class``: LLVM vectorises with registers of 512 bits where there are such."""

    def define_pipelines(self) -> list[Any]:
        """List numba's passes with one of them replaced."""
        passes = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state, "nopython_widest_vectors")
        passes.passes = [
            (_Lowering, told) if made is typed_passes.NativeLowering else (made, told) for made, told in passes.passes
        ]
        passes.finalize()
        return [passes]
