import Foundation
import TesseraNumerics

extension SiteList {
  /// Writes extended XYZ, which ASE and OVITO open. Positions must be in nm; y is turned so that the atoms look as in the
  /// image.
  ///
  /// Sites without a symbol become `X`, ASE's dummy; the class stands beside as the property `class`.
  public func writeExtendedXYZ(to path: String, replacing: Bool = false) throws {
    precondition(unit == .nanometre, "extended XYZ holds lengths: call inNanometres first")
    let top = positions.map(\.y).max() ?? 0
    let width = positions.map(\.x).max() ?? 0
    let hasClass = classes.count == positions.count
    let cell = "\(Self.angstrom(width)) 0.0 0.0 0.0 \(Self.angstrom(top)) 0.0 0.0 0.0 10.0"
    let properties = "species:S:1:pos:R:3" + (hasClass ? ":class:I:1" : "")
    var text = "\(positions.count)\nLattice=\"\(cell)\" Properties=\(properties) pbc=\"F F F\"\n"
    for (index, place) in positions.enumerated() {
      let symbol = elements.count == positions.count && !elements[index].isEmpty ? elements[index] : "X"
      text += "\(symbol) \(Self.angstrom(place.x)) \(Self.angstrom(top - place.y)) 0.0"
      text += hasClass ? " \(classes[index])\n" : "\n"
    }
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(text.utf8))
  }

  /// Writes rows `x y` in the list's unit, as `numpy.loadtxt` reads them and Atomap's `Sublattice` takes them.
  public func writePlain(to path: String, replacing: Bool = false) throws {
    let text = positions.map { "\($0.x) \($0.y)\n" }.joined()
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(text.utf8))
  }

  /// Six digits behind the point: a hundredth of a picometre is far below any precision of a position.
  private static func angstrom(_ nanometres: Double) -> String { String(format: "%.6f", nanometres * 10) }
}
