/// The 1024 bytes that begin an MRC file.
struct MRCHeader {
  let width, height, count: Int
  let mode: Int
  /// Bytes of the extended header, and its kind (`FEI1`, `FEI2`, `SERI`, ...).
  let extendedSize: Int
  let extendedKind: String
  /// Cell size over sampling, from Ångström, of the cell's axes that run along columns and rows; nil where the cell is empty
  /// or negative, which means unknown.
  let nanometresPerPixel: (x: Double, y: Double)?
  /// Bytes of mode 0 are signed by the standard; a maximum above 127 or IMOD's flag says that they are not.
  let holdsUnsignedBytes: Bool
  /// Whether neither the statistics nor IMOD's flag say if bytes are signed.
  let leavesSignOpen: Bool
  let entries: [MetadataTree.Entry]

  init(_ head: [UInt8], bigEndian: Bool) {
    let integer = { (offset: Int) -> Int in
      let bits = (0..<4).reduce(UInt32(0)) { bits, index in
        bits | UInt32(head[offset + (bigEndian ? 3 - index : index)]) << UInt32(8 * index)
      }
      return Int(Int32(bitPattern: bits))
    }
    let real = { (offset: Int) in Double(Float(bitPattern: UInt32(truncatingIfNeeded: integer(offset)))) }
    (width, height, count, mode) = (integer(0), integer(4), integer(8), integer(12))
    extendedSize = integer(92)
    extendedKind = plainText(head[104..<108].prefix { $0 != 0 })
    let order = [integer(64), integer(68), integer(72)]
    // Which of the cell's axes X, Y, Z run along columns and rows; in files without this field, X and Y.
    let axes = order.sorted() == [1, 2, 3] ? order.map { $0 - 1 } : [0, 1, 2]
    let cell = (x: real(40 + 4 * axes[0]), y: real(40 + 4 * axes[1]))
    let sampling = (x: integer(28 + 4 * axes[0]), y: integer(28 + 4 * axes[1]))
    nanometresPerPixel =
      cell.x > 0 && cell.y > 0 && cell.x.isFinite && cell.y.isFinite && sampling.x > 0 && sampling.y > 0
      ? (cell.x / Double(sampling.x) / 10, cell.y / Double(sampling.y) / 10) : nil
    let isIMOD = integer(152) == 1_146_047_817
    holdsUnsignedBytes = isIMOD ? integer(156) & 1 == 0 : real(80) > 127
    // Statistics that were never written have a maximum that is not above the minimum.
    leavesSignOpen = !isIMOD && !(real(80) > real(76))

    let labels = max(0, min(10, integer(220)))
    let texts = (0..<labels).map { plainText(head[224 + 80 * $0..<304 + 80 * $0].prefix { $0 != 0 }).trimmed }
    entries = [
      .init("mode", .integer(mode)),
      .init("cell_angstrom", .list([.number(real(40)), .number(real(44)), .number(real(48))])),
      .init("minimum", .number(real(76))), .init("maximum", .number(real(80))), .init("mean", .number(real(84))),
      .init("space_group", .integer(integer(88))), .init("extended_header", .text(extendedKind)),
      .init("labels", .list(texts.map { .text($0) })),
    ]
  }
}

/// What Thermo Fisher (FEI) microscopes write for the first image between the header and the pixels.
struct MRCExtendedHeader {
  private(set) var nanometresPerPixel: (x: Double, y: Double)?
  /// The old form: the standard header holds no scale then.
  private(set) var isPreferred = false
  private(set) var entries: [MetadataTree.Entry] = []
  private(set) var facts: [String: String] = [:]

  init(_ file: FileBytes, _ header: MRCHeader, bigEndian: Bool) {
    let real = { (offset: Int) -> Double? in
      var cursor = ByteCursor(file, at: 1024 + offset, bigEndian: bigEndian)
      guard offset + 8 <= header.extendedSize, let value = try? cursor.double(), value.isFinite else { return nil }
      return value
    }
    let text = { (offset: Int) -> String in
      var cursor = ByteCursor(file, at: 1024 + offset)
      return (try? cursor.text(16)) ?? ""
    }
    if header.extendedKind.hasPrefix("FEI") {
      if let x = real(156), let y = real(164), x > 0, y > 0, x < 1e-3 { nanometresPerPixel = (x * 1e9, y * 1e9) }
      if let volts = real(84), volts > 0 { facts["voltage_kv"] = "\(volts / 1000)" }
      facts["microscope"] = text(20)
      facts["software"] = "\(text(52)) \(text(68))".trimmed
      for (name, offset) in [
        ("tilt_alpha_deg", 100), ("tilt_beta_deg", 108), ("defocus_m", 220), ("magnification", 290),
      ] {
        if let value = real(offset) { entries.append(.init(name, .number(value))) }
      }
    } else if header.extendedSize == 131_072 {
      // 1024 blocks of 128 bytes, 32-bit numbers: the pixel size in metres is the twelfth, the magnification after it.
      var cursor = ByteCursor(file, at: 1024 + 44, bigEndian: bigEndian)
      if let size = try? cursor.float(), size > 0, size < 1e-3 {
        nanometresPerPixel = (Double(size) * 1e9, Double(size) * 1e9)
        isPreferred = true
        if let magnification = try? cursor.float(), magnification > 0 { facts["magnification"] = "\(magnification)" }
      }
    }
    facts = facts.filter { !$0.value.isEmpty }
  }
}
