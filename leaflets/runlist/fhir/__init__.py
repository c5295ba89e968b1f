"""FHIR R4 and R5 dispenses → rows: references resolved as the specification says, structured dosages put into words."""
