import TesseraNumerics
import Testing

struct `Numbers as text` {
  @Test func `have the decimals or the digits that were asked for`() {
    #expect(1.25.text(decimals: 1) == "1.2" && 3.0.text(decimals: 2) == "3.00" && (-0.5).text(decimals: 1) == "-0.5")
    #expect(0.3.text(digits: 2) == "0.3" && 0.0123.text(digits: 2) == "0.012" && 1234.0.text(digits: 2) == "1.2e+03")
  }

  @Test func `have no sign where they are zero`() {
    #expect((-0.04).text(decimals: 1) == "0.0" && (-0.0).text(digits: 3) == "0" && (-0.04).text(decimals: 2) == "-0.04")
  }
}

struct `The product of two vectors` {
  @Test func `is summed in the order of the elements`() {
    #expect(dot([1, 2, 3], [4, -5, 6]) == 12 && dot([], []) == 0)
    // 1e16 + 1 is 1e16 in double precision: another order would give 1.
    #expect(dot([1e16, 1, -1e16], [1, 1, 1]) == 0)
  }
}
