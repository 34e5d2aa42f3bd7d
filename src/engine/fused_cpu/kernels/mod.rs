//! Matrix products of one shape each, compiled in the browser while the page runs. A compiler on the way to wasm knows
//! neither how wide a person's layers will be nor whether the browser multiplies and adds in one instruction (relaxed
//! SIMD, which a module that uses it cannot do without). So the products of whole tiles, where the time goes, are written
//! as small wasm modules when their shape is first met: [`code`] writes them, byte by byte with [`assembler`]. They share
//! the memory and the function table of the page's module, and whoever hosts it loads them ([`set_kernel_loader`]).

mod assembler;
mod code;

use std::cell::RefCell;
use std::sync::OnceLock;

use super::network::TILE;
use super::product::{Finish, Product, Start};
use code::Shape;

/// Compiles a wasm module that imports the memory of this instance as `env.memory` and exports a function `f`. Returns the
/// function's number in the function table of this instance, or nothing if the browser does not take the module.
pub type KernelLoader = fn(module: &[u8]) -> Option<u32>;

static LOADER: OnceLock<KernelLoader> = OnceLock::new();

/// Says how modules are loaded; before that, and where it fails, products run as they were compiled with everything else.
///
/// # Safety
/// The number that `loader` returns is called as a function, whenever a product of the module's shape is met, for as long
/// as this instance runs. So it has to be the place in this instance's own function table where the `f` of the module that
/// `loader` was given stays for good, and that module has to have been given this instance's own memory.
pub unsafe fn set_kernel_loader(loader: KernelLoader) {
    // A second page session brings the same loader.
    let _ = LOADER.set(loader);
}

/// How kernels multiply and add.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Kernels {
    /// There are none.
    Off,
    /// In two instructions, which every browser has.
    Plain,
    /// In one, rounded once, where the browser has it; else [`Kernels::Plain`].
    #[default]
    Relaxed,
}

/// Says which kernels are used from here on, to hold them against each other; returns how many had been loaded before.
pub fn use_kernels(kind: Kernels) -> usize {
    let before = KERNELS.replace(Cache { kind, ..Cache::default() });
    before.known.iter().filter(|(_, kernel)| kernel.is_some()).count()
}

thread_local! {
    static KERNELS: RefCell<Cache> = RefCell::default();
}

/// a, w, y, the bias, the outputs of the layer before and their scale: see [`Product`].
type Kernel = extern "C" fn(*const f32, *const f32, *mut f32, *const f32, *const f32, f32);

#[derive(Default)]
struct Cache {
    /// From [`use_kernels`]; `Plain` once the browser has refused relaxed SIMD.
    kind: Kernels,
    /// All that were asked for, with those that could not be loaded.
    known: Vec<(Shape, Option<Kernel>)>,
    /// Where a shape was found last, by its hash.
    recent: [u16; 32],
}

/// Does a product that has been checked; gives it back if there is no kernel for its shape.
pub(super) fn run(product: Product) -> Option<Product> {
    // Which products have one depends on nothing but their shape, so that equal seeds give equal numbers. The others are
    // those of the last rows of an epoch, in as many shapes as there can be rows.
    if product.rows != TILE && product.depth != TILE {
        return Some(product);
    }
    let Some(kernel) = KERNELS.with_borrow_mut(|kernels| kernels.of(shape(&product))) else {
        return Some(product);
    };
    let bias = match product.start {
        Start::Bias(bias) => bias.as_ptr(),
        Start::Zero | Start::Y => std::ptr::null(),
    };
    let (outputs, scale) = match product.finish {
        Finish::BehindRelu { outputs, scale } => (outputs.as_ptr(), scale),
        Finish::Plain | Finish::Relu => (std::ptr::null(), 1.0),
    };
    kernel(product.a.as_ptr(), product.w.as_ptr(), product.y.as_mut_ptr(), bias, outputs, scale);
    None
}

fn shape(product: &Product) -> Shape {
    Shape {
        a_row: product.a_row as u32,
        a_step: product.a_step as u32,
        w_row: product.w_row as u32,
        y_row: product.y_row as u32,
        rows: product.rows as u32,
        depth: product.depth as u32,
        outputs: product.outputs as u32,
        start: match product.start {
            Start::Zero => code::Start::Zero,
            Start::Y => code::Start::Y,
            Start::Bias(_) => code::Start::Bias,
        },
        finish: match product.finish {
            Finish::Plain => code::Finish::Plain,
            Finish::Relu => code::Finish::Relu,
            Finish::BehindRelu { .. } => code::Finish::BehindRelu,
        },
    }
}

impl Cache {
    fn of(&mut self, shape: Shape) -> Option<Kernel> {
        let place = shape.hash() % self.recent.len();
        if let Some((known, kernel)) = self.known.get(usize::from(self.recent[place]))
            && *known == shape
        {
            return *kernel;
        }
        let number = match self.known.iter().position(|(known, _)| *known == shape) {
            Some(number) => number,
            None => {
                let kernel = self.load(&shape);
                self.known.push((shape, kernel));
                self.known.len() - 1
            }
        };
        self.recent[place] = u16::try_from(number).unwrap_or(0);
        self.known[number].1
    }

    fn load(&mut self, shape: &Shape) -> Option<Kernel> {
        let loader = LOADER.get()?;
        if self.kind == Kernels::Off {
            return None;
        }
        let relaxed = (self.kind == Kernels::Relaxed).then(|| loader(&code::module(shape, true))).flatten();
        let number = relaxed.or_else(|| {
            self.kind = Kernels::Plain;
            loader(&code::module(shape, false))
        })?;
        // SAFETY: in wasm a function pointer is a number in the function table; `set_kernel_loader` was promised that the
        // module's function is there, and `code` writes it with this type.
        Some(unsafe { std::mem::transmute::<usize, Kernel>(number as usize) })
    }
}
