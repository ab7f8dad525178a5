import Foundation
import TesseraNumerics

extension SiteList {
  /// Writes extended XYZ, which ASE and OVITO open. Positions must be in nm; y runs up, so that the atoms look as in the
  /// image.
  ///
  /// The cell is the image: the origin is the centre of the lower left pixel. Without a frame there is no cell, and the
  /// origin is the centre of the upper left pixel; in both, the comment says where the first row lies. Sites without a symbol
  /// become `X`, ASE's dummy; the class stands beside as the property `class`.
  public func writeExtendedXYZ(to path: String, replacing: Bool = false) throws {
    precondition(unit == .nanometre, "extended XYZ holds lengths: call inNanometres first")
    let hasClass = classes.count == positions.count
    // As the comment prints it: what is subtracted here is added when the file is read.
    let top = ExtendedXYZ.rounded(frame?.firstRow ?? 0)
    var words = ["Properties=species:S:1:pos:R:3" + (hasClass ? ":class:I:1" : ""), "pbc=\"F F F\""]
    words.append("\(ExtendedXYZ.Word.firstRow)=\(Self.angstrom(top))")
    if let frame, let size = frame.size, let pixel = frame.calibration {
      words.insert("Lattice=\"\(Self.angstrom(size.x)) 0.0 0.0 0.0 \(Self.angstrom(size.y)) 0.0 0.0 0.0 10.0\"", at: 0)
      words.append("\(ExtendedXYZ.Word.imageSize)=\"\(frame.width) \(frame.height)\"")
      words.append(
        "\(ExtendedXYZ.Word.pixelSize)=\"\(pixel.nanometresPerPixelX) \(pixel.nanometresPerPixelY)\"")
    }
    var text = "\(positions.count)\n" + words.joined(separator: " ") + "\n"
    for (index, place) in positions.enumerated() {
      text += "\(symbol(index)) \(Self.angstrom(place.x)) \(Self.angstrom(top - place.y)) 0.0"
      text += hasClass ? " \(classes[index])\n" : "\n"
    }
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(text.utf8))
  }

  /// Writes a crystallographic information file with one site a column; ASE and OVITO open it. Positions must be in nm; y runs
  /// up, so that the atoms look as in the image.
  ///
  /// The cell is the image, with its origin at the centre of the lower left pixel; without a frame it is as large as the sites
  /// reach. Source: IUCr, CIF core dictionary 3. Fractions of the cell have ten digits.
  public func writeCIF(to path: String, replacing: Bool = false) throws {
    precondition(unit == .nanometre, "a CIF holds lengths: call inNanometres first")
    let reach = Point(positions.map(\.x).max() ?? 0, positions.map(\.y).max() ?? 0)
    let top = frame?.firstRow ?? reach.y
    // A cell must have a size, also where all sites lie on a line.
    let size = frame?.size ?? Point(max(reach.x, 0.1), max(reach.y, 0.1))
    var text = """
      data_sites
      _cell_length_a \(Self.angstrom(size.x))
      _cell_length_b \(Self.angstrom(size.y))
      _cell_length_c 10.0
      _cell_angle_alpha 90
      _cell_angle_beta 90
      _cell_angle_gamma 90
      _symmetry_space_group_name_H-M 'P 1'
      _symmetry_Int_Tables_number 1
      loop_
      _symmetry_equiv_pos_as_xyz
      'x, y, z'
      loop_
      _atom_site_label
      _atom_site_type_symbol
      _atom_site_fract_x
      _atom_site_fract_y
      _atom_site_fract_z

      """
    for (index, place) in positions.enumerated() {
      let fractions = String(format: "%.10f %.10f 0.0", place.x / size.x, (top - place.y) / size.y)
      text += "\(symbol(index))\(index + 1) \(symbol(index)) \(fractions)\n"
    }
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(text.utf8))
  }

  /// Writes a table with a header: `x,y` in pixels or `x_nm,y_nm`, then `element` and `class` where they are known.
  public func writeTable(to path: String, replacing: Bool = false) throws {
    var names = unit == .pixel ? ["x", "y"] : ["x_nm", "y_nm"]
    if elements.count == positions.count { names.append("element") }
    if classes.count == positions.count { names.append("class") }
    var text = names.joined(separator: ",") + "\n"
    for (index, place) in positions.enumerated() {
      text += "\(place.x),\(place.y)"
      if elements.count == positions.count { text += ",\(elements[index])" }
      if classes.count == positions.count { text += classes[index] == 0 ? "," : ",\(classes[index])" }
      text += "\n"
    }
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(text.utf8))
  }

  /// Writes rows `x y` in the list's unit, as `numpy.loadtxt` reads them and Atomap's `Sublattice` takes them.
  public func writePlain(to path: String, replacing: Bool = false) throws {
    let text = positions.map { "\($0.x) \($0.y)\n" }.joined()
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(text.utf8))
  }

  /// The chemical symbol of a site; `X`, ASE's dummy, where it is unknown.
  private func symbol(_ index: Int) -> String {
    elements.count == positions.count && !elements[index].isEmpty ? elements[index] : "X"
  }

  /// Eight digits behind the point, so that positions come back to every digit that tables print; never `-0`.
  private static func angstrom(_ nanometres: Double) -> String {
    let text = String(format: "%.8f", nanometres * 10)
    return text == "-0.00000000" ? "0.00000000" : text
  }
}
