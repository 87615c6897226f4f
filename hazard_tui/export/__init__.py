"""Plans in the formats of other tools. What a format cannot say is a finding."""
