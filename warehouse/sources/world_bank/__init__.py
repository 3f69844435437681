"""The World Bank's population: how many people live in a country."""
