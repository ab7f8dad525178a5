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

  /// A look for one class; `count` is its number of members, nil where legends should not give it.
  public init(name: String, count: Int? = nil, color: Color, marker: Marker = .circle) {
    (self.name, self.count, self.color, self.marker) = (name, count, color, marker)
  }

  /// Looks of the classes 1, 2, ... in this order. Sixteen colours meet nine shapes, so 144 classes differ.
  ///
  /// - Parameters:
  ///   - names: of the classes, as legends and captions say them.
  ///   - counts: members of each class; nil leaves the numbers out of legends.
  ///   - used: number of looks to leave to something else that is named in the same figure.
  public static func styles(names: [String], counts: [Int]? = nil, after used: Int = 0) -> [ClassStyle] {
    names.indices.map { index in
      ClassStyle(
        name: names[index], count: counts?[index], color: palette[(index + used) % palette.count],
        marker: Marker.allCases[(index + used) % Marker.allCases.count])
    }
  }

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
