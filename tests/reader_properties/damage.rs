//! Tables by chance: some shape, some format, and then some of the damage that files take on their way.

use std::io::Write;

use proptest::{prelude::*, sample::Index};

/// Rows of cells under perhaps a header, and how they are written.
#[derive(Clone, Debug)]
struct Table {
    header: Option<&'static str>,
    rows: Vec<Vec<String>>,
    delimiter: &'static str,
    newline: &'static str,
    quoted: bool,
    above: &'static str,
}

/// What happens to the bytes of a file.
#[derive(Clone, Debug)]
enum Damage {
    Cut(Index),
    Insert(Index, &'static [u8]),
    Replace(Index, u8),
    Remove(Index),
    Repeat(Index, Index),
}

/// What breaks files: marks of formats, odd numbers, bad bytes.
const PARTS: [&[u8]; 30] = [
    b"\"",
    b"\"\"",
    b"\\\"",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b",",
    b"::",
    b";",
    b"\t",
    b"|",
    b" ",
    b"\0",
    b"\xff",
    b"\xe9",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\xe2\x80\x8b",
    b"NaN",
    b"-inf",
    b"-1e39",
    b"1e308",
    b"1,234",
    b"0",
    b"-1",
    b"99999999999999999999",
    b"12.09.2021",
    b"sep=;\n",
    b"user,item,rating\n",
];

/// The beginnings of files that are much used.
const KNOWN: [&[u8]; 10] = [
        b"userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,1029,3.0,1260759179\n2,31,4.0,1260759182\n",
        b"\"User-ID\";\"ISBN\";\"Book-Rating\"\r\n\"276725\";\"034545104X\";\"0\"\r\n\"1\";\"a\"\"b\";\"7\"\r\n",
        b"1::10::4::978300760\n1::20::3::978302109\n2::10::5::978301968\n",
        b"1 10 4\n2 20 5\n 3  30 1\n",
        b"movieId,title,genres\n1,\"Heat, The (1995)\",Crime|Drama\n2,Up (2009),Comedy\n3,Ran,War|Drama\n",
        b"1|Heat (1995)|01-Jan-1995||http://x|0|1\n2|Up (2009)|02-Feb-2009|||1|0\n",
        b"item_id:token\tclass:token_seq\tprice:float\n1\ta b\t$1,234.5\n2\tb\t-3e4\n",
        b"A39HTATAQ9V7YF,0205616461,5.0,1369699200\nA3JM6GV9MNOF9X,0558925278,3.0,1355443200\n",
        b"59:\n1,4,2005-02-20\n2,3,2005-12-25\n11:\n1,5,2005-01-01\n",
    b"u,b1,b2,b3,b4,b5,b6,b7,b8,b9,b10\n1,,,4,,,,2,,,\n2,,5,,,,,,,,\n3,,,,,1,,,,3,\n4,,,,4,,,,,,\n5,2,,,,,,,,,\n6,,,,,,,,,5,\n",
];

/// Bytes of a table that is more or less in order.
pub fn file() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![
        4 => table().prop_map(|table| table.write().into_bytes()),
        1 => prop::sample::select(KNOWN.to_vec()).prop_map(Vec::from),
    ];
    (whole, prop::collection::vec(damage(), 0..6)).prop_map(|(mut bytes, damages)| {
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        bytes
    })
}

/// Texts of nothing but what formats are made of.
pub fn text() -> impl Strategy<Value = String> {
    let letters: Vec<char> = "0123ab,,;|:\t \"\"\\\r\n\n.é-".chars().collect();
    prop::collection::vec(prop::sample::select(letters), 0..120)
        .prop_map(|letters| letters.into_iter().collect())
}

/// The file as gz, with a bit that is wrong and an end that is missing.
pub fn packed(file: &[u8], flip: Option<(Index, u8)>, cut: Option<Index>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(file).unwrap();
    let mut bytes = encoder.finish().unwrap();
    if let Some((at, bit)) = flip {
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << (bit % 8);
    }
    if let Some(at) = cut {
        bytes.truncate(at.index(bytes.len()));
    }
    bytes
}

fn table() -> impl Strategy<Value = Table> {
    let headers = [
        None,
        Some("user,item,rating,timestamp"),
        Some("id,user_id,item_id,stars"),
        Some("Film,Nutzer,Bewertung"),
        Some("user_id:token,item_id:token,rating:float,timestamp:float"),
        Some("movieId,title,genres"),
        Some(",x,y,z"),
    ];
    let aboves = ["", "", "", "sep=;\n", "An export\n2024-05-01\n\n"];
    (
        prop::sample::select(headers.to_vec()),
        (1..5_usize)
            .prop_flat_map(|columns| prop::collection::vec(prop::collection::vec(cell(), columns), 0..60)),
        prop::sample::select(vec![",", ",", "\t", ";", "|", "::", " "]),
        prop::sample::select(vec!["\n", "\n", "\r\n", "\r"]),
        prop::bool::weighted(0.2),
        prop::sample::select(aboves.to_vec()),
    )
        .prop_map(|(header, rows, delimiter, newline, quoted, above)| Table {
            header,
            rows,
            delimiter,
            newline,
            quoted,
            above,
        })
}

/// Few ids, so that pairs repeat; ratings, times, texts, and cells that are missing or odd.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0..9_u32).prop_map(|id| format!("u{id}")),
        6 => (0..200_u32).prop_map(|id| id.to_string()),
        6 => (1..6_u32).prop_map(|rating| rating.to_string()),
        2 => (0..21_u32).prop_map(|half| format!("{}", f64::from(half) / 2.0)),
        2 => (978_300_000..978_400_000_u32).prop_map(|time| time.to_string()),
        2 => prop::sample::select(vec![
            "", "NaN", "null", "-1", "99", "0", "4,5", "1,234", "1e39", "inf", "5.", "★★★", "4/5", "like", "05.Mrz",
            "2021-07-28 10:21:00", "12.09.2021", "Tale 5, 2", "a \"b\" c", "\"open", "=\"007\"", "'007", "x\ny", "{'a': 1}",
            "4.68772E+17", "\u{200b}7", "\u{a0}7\u{a0}", "用户", "59:", "Crime|Drama",
        ])
        .prop_map(String::from),
        1 => prop::collection::vec(any::<char>(), 0..6).prop_map(|letters| letters.into_iter().collect()),
    ]
}

impl Table {
    fn write(&self) -> String {
        let cell = |cell: &String| {
            if self.quoted { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
        };
        let mut text = self.above.to_owned();
        if let Some(header) = self.header {
            text += &header.replace(',', self.delimiter);
            text += self.newline;
        }
        for row in &self.rows {
            text += &row.iter().map(cell).collect::<Vec<_>>().join(self.delimiter);
            text += self.newline;
        }
        text
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        1 => at().prop_map(Damage::Cut),
        6 => (at(), prop::sample::select(PARTS.to_vec())).prop_map(|(at, part)| Damage::Insert(at, part)),
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        3 => at().prop_map(Damage::Remove),
        2 => (at(), at()).prop_map(|(from, to)| Damage::Repeat(from, to)),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let place = |at: &Index| at.index(bytes.len());
        match self {
            Self::Cut(at) => bytes.truncate(place(at)),
            Self::Insert(at, part) => {
                let at = place(at);
                bytes.splice(at..at, part.iter().copied());
            }
            Self::Replace(at, byte) => {
                let at = place(at);
                bytes[at] = *byte;
            }
            Self::Remove(at) => {
                bytes.remove(place(at));
            }
            Self::Repeat(from, to) => {
                let (from, to) = (place(from), place(to));
                let copy = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.splice(from..from, copy);
            }
        }
    }
}
