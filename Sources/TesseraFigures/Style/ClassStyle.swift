/// The shape of a point in an overlay or a scatter plot.
public enum Marker: String, Sendable, Codable, CaseIterable {
  /// Shapes in the order in which the classes 1, 2, ... take them.
  case circle, square, triangle, diamond, invertedTriangle, pentagon, cross, hexagon, plus
}

/// How one class looks in every figure, and what its legend says.
public struct ClassStyle: Sendable, Codable, Equatable {
  /// Name of the class in legends and captions.
  public var name: String
  /// Members; nil leaves the number out of legends.
  public var count: Int?
  /// Colour of the markers, and of the frames around patches.
  public var color: Color
  /// Shape of the markers.
  public var marker: Marker

  /// Whether legends show a ring, as around places that stay visible; shapes are filled otherwise.
  public var isOpen = false

  /// A look for one class; `count` is its number of members, nil where legends should not give it.
  public init(name: String, count: Int? = nil, color: Color, marker: Marker = .circle) {
    (self.name, self.count, self.color, self.marker) = (name, count, color, marker)
  }

  /// Looks of the classes 1, 2, ... in this order. Sixteen colours, then their tints and their shades, meet nine shapes: 48 classes
  /// differ in colour, 144 in colour or shape.
  ///
  /// - Parameters:
  ///   - names: of the classes, as legends and captions say them.
  ///   - counts: members of each class; nil leaves the numbers out of legends.
  ///   - used: number of looks to leave to something else that is named in the same figure.
  public static func styles(names: [String], counts: [Int]? = nil, after used: Int = 0) -> [ClassStyle] {
    names.indices.map { index in
      ClassStyle(
        name: names[index], count: counts?[index], color: color(of: index + used),
        marker: Marker.allCases[(index + used) % Marker.allCases.count])
    }
  }

  /// The same look for painted areas, which have no markers: a square of the colour.
  public var swatch: ClassStyle {
    var look = self
    look.marker = .square
    return look
  }

  /// Legend entries for the looks that have members, in their order; of more than there is room for, several that follow one another are
  /// one entry, in the colour of the middle one, so that each member is counted.
  ///
  /// - Parameters:
  ///   - styles: looks with their numbers of members.
  ///   - most: entries of the legend, 1 or more.
  package static func gathered(_ styles: [ClassStyle], atMost most: Int) -> [ClassStyle] {
    let present = styles.filter { ($0.count ?? 0) > 0 }
    let size = max(1, (present.count + most - 1) / most)
    return stride(from: 0, to: present.count, by: size).map { start in
      let part = Array(present[start..<min(start + size, present.count)])
      var entry = part[part.count / 2]
      if part.count > 1 { entry.name = "\(part[0].name) to \(part[part.count - 1].name)" }
      entry.count = part.reduce(0) { $0 + ($1.count ?? 0) }
      return entry
    }
  }

  /// The colours come first as they are, then mixed with white, then with black, each half of the way.
  private static func color(of index: Int) -> Color {
    let color = palette[index % palette.count]
    switch index / palette.count % 3 {
    case 1: return color.mixed(with: .white, 0.5)
    case 2: return color.mixed(with: .black, 0.5)
    default: return color
    }
  }

  /// Number of classes that differ in colour.
  public static let colorCount = 3 * palette.count

  /// The look of samples without a class.
  public static let unclassified = ClassStyle(name: "no class", color: .neutral)

  /// Okabe and Ito's colours less black, which vanishes on micrographs, then Paul Tol's "muted" scheme.
  /// Both are told apart by readers with protanopia, deuteranopia and tritanopia.
  /// Sources: Okabe & Ito, Color Universal Design (2008); Tol, SRON/EPS/TN/09-002 (2021), fig. 5.
  static let palette: [Color] = [
    0x56B4E9, 0xE69F00, 0x009E73, 0xCC79A7, 0xD55E00, 0xF0E442, 0x0072B2,
    0x88CCEE, 0x882255, 0xDDCC77, 0x332288, 0x44AA99, 0xCC6677, 0x999933, 0x117733, 0xAA4499,
  ].map { Color($0) }
}
