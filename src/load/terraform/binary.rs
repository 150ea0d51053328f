//! The file that `terraform plan -out` writes.

/// The first bytes of an archive in the ZIP format.
const ZIP: &[u8] = b"PK\x03\x04";

/// Whether the bytes are those of a plan: an archive with a member `tfplan`.
/// <https://github.com/hashicorp/terraform/blob/main/internal/plans/planfile/writer.go>
pub(in crate::load) fn is_binary_plan(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) && memchr::memmem::find(bytes, b"tfplan").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_told_from_other_archives() {
        assert!(is_binary_plan(b"PK\x03\x04\x14\0\x08\0tfplan\n\0"));
        assert!(!is_binary_plan(b"PK\x03\x04\x14\0\x08\0word/document.xml"));
        assert!(!is_binary_plan(b"tfplan"));
    }
}
