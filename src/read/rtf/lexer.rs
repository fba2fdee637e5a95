//! Splits RTF into its tokens.
//!
//! In: bytes. Out: braces, control words and symbols, and text. Called by [`super::read`]. Source: Rich Text Format
//! Specification 1.9.1, "RTF syntax".

/// The longest name of a control word.
const LONGEST: usize = 32;

/// A piece of RTF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    /// A control word with its number.
    Word(&'a str, Option<i32>),
    /// A control symbol, such as `~`.
    Symbol(u8),
    /// A byte of text, written as `\'hh`.
    Hex(u8),
    /// Bytes of text.
    Text(&'a [u8]),
}

/// The tokens of a file.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The bytes from here on that fit.
    fn run(&mut self, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| !fits(*byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let first = self.peek()?;
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            return Some(if first == b'\'' { self.hex() } else { Token::Symbol(first) });
        }
        let name = self.run(|byte| byte.is_ascii_alphabetic());
        let name = std::str::from_utf8(&name[..name.len().min(LONGEST)]).unwrap_or_default();
        let is_negative = self.peek() == Some(b'-') && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
        self.at += usize::from(is_negative);
        let digits = self.run(|byte| byte.is_ascii_digit());
        let number = (!digits.is_empty()).then(|| {
            let add = |sum: i32, digit: &u8| sum.saturating_mul(10).saturating_add(i32::from(digit - b'0'));
            let number = digits.iter().fold(0, add);
            if is_negative { -number } else { number }
        });
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        if name == "bin" {
            // Bytes of a picture or an object, which may look like anything.
            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            self.at = self.at.saturating_add(length).min(self.bytes.len());
        }
        Some(Token::Word(name, number))
    }

    fn hex(&mut self) -> Token<'a> {
        let digit = |at: usize| self.bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
        match (digit(self.at), digit(self.at + 1)) {
            (Some(high), Some(low)) => {
                self.at += 2;
                Token::Hex((high * 16 + low) as u8)
            }
            _ => Token::Symbol(b'\''),
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            match self.peek()? {
                b'{' => {
                    self.at += 1;
                    return Some(Token::Open);
                }
                b'}' => {
                    self.at += 1;
                    return Some(Token::Close);
                }
                b'\\' => {
                    self.at += 1;
                    return self.control();
                }
                // Line breaks of the file mean nothing.
                b'\r' | b'\n' | 0 => self.at += 1,
                _ => {
                    return Some(Token::Text(
                        self.run(|byte| !matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0)),
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_split() {
        use Token::{Close, Hex, Open, Symbol, Text, Word};
        let tokens: Vec<_> = Lexer::new(b"{\\rtf1\\u-3 a\\'b0\\~\r\n\\bin3 }}}b\\'zz}\\").collect();
        let expected = [
            Open,
            Word("rtf", Some(1)),
            Word("u", Some(-3)),
            Text(b"a"),
            Hex(0xB0),
            Symbol(b'~'),
            Word("bin", Some(3)),
            Text(b"b"),
            Symbol(b'\''),
            Text(b"zz"),
            Close,
        ];
        assert_eq!(tokens, expected);
    }
}
