//! Columns of text for people.

/// The rows under each other, each column as wide as its widest cell but for the last.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let padded = cells.map(|(cell, width)| format!("{cell:width$}"));
        let line = padded.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// A cell of at most so many characters, without those that move a terminal's cursor.
pub(super) fn cell(text: &str, most: usize) -> String {
    let plain = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>();
    if plain.chars().count() <= most {
        return plain;
    }
    let cut: String = plain.chars().take(most - 1).collect();
    cut + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["a", "bcd", "e"], vec!["wide", "f", ""]];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect());
        assert_eq!(aligned(&rows), "a     bcd  e\nwide  f\n");
    }

    #[test]
    fn cells_are_short_and_plain() {
        assert_eq!(cell("a\x1b[31mb\nc", 10), "a [31mb c");
        assert_eq!(cell("abcdef", 4), "abc…");
    }
}
