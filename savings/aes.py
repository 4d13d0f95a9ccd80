"""The fourteen blocks of the Annual Efficiency Statement, in the order of the government's form."""

AES_BLOCKS: dict[int, str] = {
    1: "Adult social services",
    2: "Children's services",
    3: "Culture and sport",
    4: "Environmental services",
    5: "Local transport",
    6: "LA social housing",
    7: "Non-school educational services",
    8: "Supporting People",
    9: "Homelessness",
    10: "Corporate services",
    11: "Procurement",
    12: "Productive time",
    13: "Transactions",
    14: "Miscellaneous efficiencies",
}
