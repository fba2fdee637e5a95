//! What holds for every layout that is broken into pages.

use super::*;

/// Checks what holds for every layout.
pub(super) fn check(layout: &Layout, paged: &Paged) {
    let (foot, right) =
        (layout.form.page.height - layout.form.page.bottom, layout.form.page.width - layout.form.page.right);
    let mut seen: BTreeMap<Source, usize> = BTreeMap::new();
    let mut last_rows: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, page) in paged.pages.iter().enumerate() {
        for text in &page.texts {
            if matches!(text.source, Source::Cell { .. } | Source::Line { .. }) {
                *seen.entry(text.source).or_default() += 1;
            }
            for line in &text.lines {
                let width = text_width(&line.text, text.style, &EastAsianWidth);
                assert!(line.x > layout.form.page.left - 0.1 && line.x + width < right + 0.1, "{line:?}");
                assert!(line.baseline > layout.form.page.top, "{line:?}");
                assert!(line.baseline < foot || text.source == Source::PageNumber, "{line:?}");
            }
        }
        for pair in page.rows.windows(2).filter(|pair| pair[0].block == pair[1].block) {
            assert!((pair[0].top + pair[0].height - pair[1].top).abs() < 1e-6, "rows touch: {pair:?}");
        }
        let own: Vec<_> = page.rows.iter().filter(|place| !place.repeated).collect();
        for place in &own {
            let last = last_rows.insert(place.block, place.row);
            assert_eq!(place.row, last.map_or(0, |row| row + 1), "rows in order, each once");
            assert!(place.top + place.height <= foot + 1e-6, "{place:?}");
        }
        if let Some(first) = own.first().filter(|first| first.row > 0) {
            let table = table_at(layout, first.block).unwrap();
            let top = page.rows[0];
            assert!((top.top - layout.form.page.top).abs() < 1e-6 && top.block == first.block, "{top:?}");
            assert_eq!((top.repeated, top.row == 0), (table.header_rows > 0, table.header_rows > 0), "{top:?}");
            // Merged cells that continue are repeated.
            for (row, content) in table.rows[..first.row].iter().enumerate().skip(table.header_rows) {
                for (cell, merged) in content.cells.iter().enumerate() {
                    let again = Source::Repeated { block: first.block, row, cell };
                    let is_repeated = page.texts.iter().any(|text| text.source == again);
                    assert_eq!(is_repeated, row + merged.row_span > first.row, "{merged:?}");
                }
            }
        }
        assert_eq!(page.texts.last().unwrap().source, Source::PageNumber);
        assert_eq!(page.texts.last().unwrap().lines[0].text, format!("— {} —", number + 1));
        if let Some(Source::Line { block, .. }) = page.texts.iter().rev().nth(1).map(|text| text.source) {
            let heading = matches!(&layout.form.blocks[block], Block::Line(line) if line.kind == LineKind::Heading);
            assert!(!heading, "a heading alone at the foot of page {number}");
        }
    }
    let mut pieces = 0;
    for (block, content) in layout.form.blocks.iter().enumerate() {
        match content {
            Block::Line(line) => pieces += line.parts.len(),
            Block::Table(table) => {
                assert_eq!(last_rows[&block] + 1, table.rows.len());
                pieces += table.rows.iter().map(|row| row.cells.len()).sum::<usize>();
            }
        }
    }
    assert_eq!(seen.len(), pieces, "every cell and line is there");
    assert!(seen.values().all(|count| *count == 1), "and exactly once");
    for page in &paged.pages {
        let Some(last) = page.rows.last() else { continue };
        let rows = &table_at(layout, last.block).unwrap().rows;
        if last.row + 1 < rows.len() {
            assert!(!rows[last.row].keep_with_next && last.row > 0, "row {} heads what follows", last.row);
        }
    }
    let ends_in_filing = matches!(layout.form.blocks.last(), Some(Block::Line(line)) if line.kind == LineKind::Filing);
    if let Some(block) = layout.form.blocks.len().checked_sub(2).filter(|_| ends_in_filing) {
        let filing = paged.pages.last().unwrap();
        let last = filing.rows.last().map(|last| last.row + 1);
        assert_eq!(last, Some(table_at(layout, block).unwrap().rows.len()), "filing lines stay with the table");
    }
}
