//! Days of the calendar.

use jiff::civil::Date;

/// Reads a day such as `2027-01-31`, from year 1 to 9999.
pub fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut digits = |length| {
        let part: &str = parts.next()?;
        let fits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<i16>().ok()).flatten()
    };
    let (year, month, day) = (digits(4)?, digits(2)?, digits(2)?);
    let narrow = |number| i8::try_from(number).ok();
    let date = Date::new(year, narrow(month)?, narrow(day)?).ok();
    date.filter(|_| parts.next().is_none() && year > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_spelling() {
        let day = parse_date("2027-01-31").unwrap();
        assert_eq!(day.to_string(), "2027-01-31");
        assert!(parse_date("2028-02-29").is_some());
        for text in [
            "",
            "2027-02-29",
            "2027-1-31",
            "2027-01-31T00:00",
            "27-01-31",
            "2027-01-31-",
            "+027-01-31",
            "0000-01-01",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
