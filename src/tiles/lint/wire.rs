//! A reader of protobuf messages, field by field; nothing is copied.

/// A field's content.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1.
    Fixed64(u64),
    /// Wire type 2.
    Bytes(&'a [u8]),
    /// Wire type 5.
    Fixed32(u32),
}

/// A cursor over a message.
#[derive(Debug, Clone, Copy)]
pub struct Wire<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The message breaks off or is no protobuf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl<'a> Wire<'a> {
    /// A cursor at the start of a message.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
    /// Whether nothing is left.
    pub fn ended(&self) -> bool {
        self.at >= self.bytes.len()
    }
    /// The next bare varint.
    ///
    /// # Errors
    /// The message ends within it, or it has more than ten bytes.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, Broken> {
        let (mut v, mut shift) = (0u64, 0);
        loop {
            let b = *self.bytes.get(self.at).ok_or(Broken)?;
            self.at += 1;
            v |= u64::from(b & 127) << shift;
            if b < 128 {
                return Ok(v);
            }
            shift += 7;
            if shift > 63 {
                return Err(Broken);
            }
        }
    }
    fn take(&mut self, n: usize) -> Result<&'a [u8], Broken> {
        let end = self.at.checked_add(n).ok_or(Broken)?;
        let piece = self.bytes.get(self.at..end).ok_or(Broken)?;
        self.at = end;
        Ok(piece)
    }
    /// The next field's number and content.
    ///
    /// # Errors
    /// The message is broken.
    pub fn field(&mut self) -> Result<(u64, Field<'a>), Broken> {
        let key = self.varint()?;
        let content = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(u64::from_le_bytes(self.take(8)?.try_into().map_err(|_| Broken)?)),
            2 => {
                let n = self.varint()?;
                Field::Bytes(self.take(usize::try_from(n).map_err(|_| Broken)?)?)
            }
            5 => Field::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().map_err(|_| Broken)?)),
            _ => return Err(Broken),
        };
        Ok((key >> 3, content))
    }
}
