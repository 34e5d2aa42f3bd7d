//! The few words of WebAssembly that kernels are written in (WebAssembly specification, "Binary format").

/// A local of a function: parameters first.
#[derive(Clone, Copy)]
pub(super) struct Local(pub(super) u32);

/// The instructions of a function, as they are appended.
#[derive(Default)]
pub(super) struct Code(Vec<u8>);

/// Vector instructions.
#[derive(Clone, Copy)]
pub(super) enum Vector {
    Splat = 0x13,
    Greater = 0x44,
    And = 0x4e,
    Add = 0xe4,
    Multiply = 0xe6,
    /// The larger of two; the first, if either is no number.
    PseudoMaximum = 0xeb,
    /// a · b + c, rounded once or twice, as the processor has it (relaxed SIMD).
    RelaxedMultiplyAdd = 0x105,
}

impl Code {
    pub(super) fn get(&mut self, local: Local) {
        self.word(0x20, local.0);
    }

    pub(super) fn set(&mut self, local: Local) {
        self.word(0x21, local.0);
    }

    /// Sets and keeps the value on the stack.
    pub(super) fn tee(&mut self, local: Local) {
        self.word(0x22, local.0);
    }

    pub(super) fn integer(&mut self, value: i32) {
        self.0.push(0x41);
        let mut rest = value;
        loop {
            let byte = (rest & 0x7f) as u8;
            rest >>= 7;
            // The last byte carries the sign.
            if (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0) {
                return self.0.push(byte);
            }
            self.0.push(byte | 0x80);
        }
    }

    /// local += value
    pub(super) fn advance(&mut self, local: Local, value: u32) {
        self.get(local);
        self.integer(value as i32);
        self.0.push(0x6a);
        self.set(local);
    }

    /// A vector of zeros.
    pub(super) fn zeros(&mut self) {
        self.word(0xfd, 12);
        self.0.extend([0; 16]);
    }

    /// The vector at the address on the stack plus `offset` bytes.
    pub(super) fn load(&mut self, offset: u32) {
        self.memory(0, offset);
    }

    /// One number from there, in all lanes.
    pub(super) fn load_splat(&mut self, offset: u32) {
        self.memory(9, offset);
    }

    /// Puts the vector on the stack to the address below it.
    pub(super) fn store(&mut self, offset: u32) {
        self.memory(11, offset);
    }

    pub(super) fn vector(&mut self, instruction: Vector) {
        self.word(0xfd, instruction as u32);
    }

    /// Does `body` `times` times, at least once, counting in `counter`.
    pub(super) fn repeat(&mut self, counter: Local, times: u32, body: impl FnOnce(&mut Self)) {
        self.integer(times as i32);
        self.set(counter);
        self.0.extend([0x03, 0x40]);
        body(self);
        self.get(counter);
        self.integer(-1);
        self.0.push(0x6a);
        self.tee(counter);
        self.0.extend([0x0d, 0x00, 0x0b]);
    }

    fn memory(&mut self, instruction: u32, offset: u32) {
        self.word(0xfd, instruction);
        // Numbers are aligned to 2² bytes.
        self.word(2, offset);
    }

    fn word(&mut self, instruction: u8, argument: u32) {
        self.0.push(instruction);
        unsigned(&mut self.0, argument);
    }
}

/// Types of values.
pub(super) const I32: u8 = 0x7f;
pub(super) const F32: u8 = 0x7d;
pub(super) const V128: u8 = 0x7b;

/// A module with one function `f` of these parameters and locals, over the memory `env.memory`.
pub(super) fn module(parameters: &[u8], locals: &[(u32, u8)], code: Code) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    let mut types = vec![1, 0x60];
    unsigned(&mut types, parameters.len() as u32);
    types.extend(parameters);
    types.push(0);
    section(&mut module, 1, &types);
    section(&mut module, 2, b"\x01\x03env\x06memory\x02\x00\x00");
    section(&mut module, 3, &[1, 0]);
    section(&mut module, 7, b"\x01\x01f\x00\x00");
    let mut body = Vec::new();
    unsigned(&mut body, locals.len() as u32);
    for &(n, of) in locals {
        unsigned(&mut body, n);
        body.push(of);
    }
    body.extend(code.0);
    body.push(0x0b);
    let mut functions = vec![1];
    unsigned(&mut functions, body.len() as u32);
    functions.extend(body);
    section(&mut module, 10, &functions);
    module
}

fn section(module: &mut Vec<u8>, id: u8, bytes: &[u8]) {
    module.push(id);
    unsigned(module, bytes.len() as u32);
    module.extend(bytes);
}

/// A number in seven bits a byte, the lowest first (LEB128).
fn unsigned(to: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::{Code, I32, Local, module, unsigned};

    #[test]
    fn the_smallest_module_is_that_of_the_specification() {
        let mut code = Code::default();
        code.advance(Local(0), 4);
        // Types, imports, functions, exports, code: id and length of each, and what is in it.
        let sections: [&[u8]; 6] = [
            b"\0asm\x01\0\0\0",
            &[1, 5, 1, 0x60, 1, 0x7f, 0],
            b"\x02\x0f\x01\x03env\x06memory\x02\x00\x00",
            &[3, 2, 1, 0],
            b"\x07\x05\x01\x01f\x00\x00",
            // One body of nine bytes without locals: get 0, constant 4, add, set 0, end.
            &[10, 11, 1, 9, 0, 0x20, 0, 0x41, 4, 0x6a, 0x21, 0, 0x0b],
        ];
        assert_eq!(module(&[I32], &[], code), sections.concat());
    }

    #[test]
    fn numbers_take_seven_bits_a_byte() {
        let mut bytes = Vec::new();
        unsigned(&mut bytes, 624_485);
        assert_eq!(bytes, [0xe5, 0x8e, 0x26], "the example of the specification's source, DWARF");
        for (value, expected) in [(0, &[0x00][..]), (63, &[0x3f]), (64, &[0xc0, 0x00]), (-1, &[0x7f])] {
            let mut code = Code::default();
            code.integer(value);
            assert_eq!(code.0, [&[0x41], expected].concat(), "{value}");
        }
    }
}
