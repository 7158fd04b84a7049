"""ISO 4217, list one: the currencies in circulation, and the digits of their minor units.

Not from CLDR, which says how amounts are usually written: it drops the para of the Serbian dinar,
which banks and payment providers count all the same.
"""

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "
"""The smallest unit is the whole one."""

_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN "
    "ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD "
    "KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
    "MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON "
    "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
    "TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL "
)
"""Hundredths; `BGN` and `ZWL` left the list lately and stand in histories."""

_THREE = "BHD IQD JOD KWD LYD OMR TND "
"""Thousandths."""

_FOUR = "CLF UYW "
"""Ten-thousandths."""

DIGITS = {
    code: digits
    for digits, codes in ((0, _NONE), (2, _TWO), (3, _THREE), (4, _FOUR))
    for code in codes.split()
}
"""Digits after the point, by code. What is not here is no money: test codes, metals, old ones."""
