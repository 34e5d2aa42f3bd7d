//! Which vector instructions the machine has. The step is written once, generic over them (pulp), and compiled for each:
//! AVX2 with fused multiply-add natively where the processor has it, 128-bit SIMD in wasm.

use pulp::{Simd, WithSimd};

/// The instructions that were found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Isa {
    #[cfg(not(target_arch = "wasm32"))]
    arch: pulp::Arch,
}

impl Isa {
    /// Asks the processor.
    pub(crate) fn detect() -> Self {
        Self {
            #[cfg(not(target_arch = "wasm32"))]
            arch: pulp::Arch::new(),
        }
    }

    /// Does a job with them.
    #[cfg_attr(
        target_arch = "wasm32",
        expect(clippy::unused_self, reason = "wasm has one set of instructions")
    )]
    pub(crate) fn run<J: WithSimd>(self, job: J) -> J::Output {
        #[cfg(not(target_arch = "wasm32"))]
        return self.arch.dispatch(job);
        // A wasm module is compiled for one set of instructions: there is nothing to choose.
        #[cfg(target_arch = "wasm32")]
        match pulp::wasm::Simd128::try_new() {
            Some(simd) => job.with_simd(simd),
            None => job.with_simd(pulp::Scalar),
        }
    }
}

/// `vectorised!(simd, loops)` runs loops where the compiler may use the instructions of `simd`.
macro_rules! vectorised {
    ($simd:expr, $loops:expr) => {
        // As a function of its own the closure would be compiled without them.
        $crate::engine::fused_cpu::isa::run_with(
            $simd,
            #[inline(always)]
            || $loops,
        )
    };
}
pub(super) use vectorised;

/// What [`vectorised`] calls.
#[inline(always)]
pub(super) fn run_with<S: Simd, R>(simd: S, loops: impl FnOnce() -> R) -> R {
    struct Loops<F>(F);
    impl<R, F: FnOnce() -> R> WithSimd for Loops<F> {
        type Output = R;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> R {
            (self.0)()
        }
    }
    simd.vectorize(Loops(loops))
}
