//! Excel workbook, out: a sheet a layer, the attributes as a table, positions or WKT in the last columns.

use super::csv::table;
use super::format::FormatError;
use super::schema::{ColumnKind, columns};
use crate::diag::Note;
use crate::model::Layer;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use std::path::Path;

/// Excel refuses longer cells and sheet names.
const LONGEST_CELL: usize = 32_767;
const LONGEST_NAME: usize = 31;

/// Writes the layers as sheets.
pub(super) fn write(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    let content = |e: rust_xlsxwriter::XlsxError| FormatError::Content {
        path: path.to_owned(),
        format: "workbook",
        message: e.to_string(),
    };
    let mut notes = Vec::new();
    let mut book = Workbook::new();
    // No clock in the bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(content)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made).set_author("mapdesk"));
    let bold = Format::new().set_bold();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for layer in layers {
        let kinds: Vec<ColumnKind> = columns(layer).into_iter().map(|c| c.kind).collect();
        let sheet = book.add_worksheet();
        sheet.set_name(layer.name.chars().take(LONGEST_NAME).collect::<String>()).map_err(content)?;
        sheet.set_freeze_panes(1, 0).map_err(content)?;
        for (r, row) in table(layer).iter().enumerate() {
            let r32 = r as u32;
            for (c, cell) in row.iter().enumerate() {
                let column = c as u16;
                if cell.is_empty() {
                    continue;
                }
                let numeric = match kinds.get(c) {
                    Some(ColumnKind::Int | ColumnKind::Float) => true,
                    Some(_) => false,
                    None => row.len() == kinds.len() + 2,
                };
                let written = match (r, numeric.then(|| cell.parse::<f64>().ok()).flatten()) {
                    (0, _) => sheet.write_string_with_format(r32, column, cell, &bold),
                    (_, Some(v)) => sheet.write_number(r32, column, v),
                    _ if kinds.get(c) == Some(&ColumnKind::Date) => match ExcelDateTime::parse_from_str(cell) {
                        Ok(date) => sheet.write_datetime_with_format(r32, column, &date, &day),
                        Err(_) => sheet.write_string(r32, column, cell),
                    },
                    _ if cell.chars().count() > LONGEST_CELL => {
                        notes.push(Note::warning(format!(
                            "{}: row {r}: a cell is longer than Excel's {LONGEST_CELL} characters and is cut",
                            layer.name
                        )));
                        sheet.write_string(r32, column, cell.chars().take(LONGEST_CELL).collect::<String>())
                    }
                    _ => sheet.write_string(r32, column, cell),
                };
                written.map_err(content)?;
            }
        }
    }
    book.save(path).map_err(content)?;
    Ok(notes)
}
