import Foundation
import TesseraFormats
import TesseraNumerics

/// How many sites of each image are in each class of one tree, by which all images were sorted.
public struct ClassSeries: Sendable {
  /// One class in one image.
  public struct Count: Sendable, Equatable {
    /// As `classes.csv` states them: `2.1`, `Se vacancy`.
    public var number, name: String
    /// How many sites of the image are in it.
    public var count: Int

    /// A class by its number and name, and how many sites are in it.
    public init(number: String, name: String, count: Int) {
      (self.number, self.name, self.count) = (number, name, count)
    }
  }

  /// One image.
  public struct Entry: Sendable {
    /// The image as given.
    public var image: String
    /// The classes that have sites.
    public var counts: [Count]
    /// How many sites fit no class.
    public var unknown: Int
    /// How many sites were to be sorted.
    public var all: Int { counts.reduce(unknown) { $0 + $1.count } }

    /// An image with the counts of its classes.
    public init(image: String, counts: [Count], unknown: Int) {
      (self.image, self.counts, self.unknown) = (image, counts, unknown)
    }

    /// What the result folder of an image says.
    /// - Throws: `FormatError` where it is no result of `motifs` or `analyze`.
    public init(image: String, folder: String) throws {
      let path = "\(folder)/classes.csv"
      let table = try CSVTable(path: path)
      guard let number = table.column("class"), let name = table.column("name"), let count = table.column("count")
      else {
        throw FormatError(in: path, "lacks the columns class, name and count; run the command on this image again")
      }
      struct Summary: Decodable {
        struct Counts: Decodable {
          /// Nil in a result that was not sorted by the classes of another one.
          var unknown: Int?
        }
        var counts: Counts
      }
      let summary = "\(folder)/summary.json"
      guard let data = FileManager.default.contents(atPath: summary),
        let counts = try? JSONDecoder().decode(Summary.self, from: data).counts
      else {
        throw FormatError(
          in: summary, "does not say how many sites there are; run the command on this image again")
      }
      self.image = image
      self.counts = try zip(table.rows, try table.numbers(count)).map {
        guard let count = Int(exactly: $1), Self.possible ~= count else {
          throw FormatError(in: path, "states \($1) sites of class \($0[number]), which is no number of sites")
        }
        return Count(number: $0[number], name: $0[name], count: count)
      }
      unknown = counts.unknown ?? 0
      guard Self.possible ~= unknown else {
        throw FormatError(in: summary, "states \(unknown) sites without a class, which is no number of sites")
      }
    }

    /// Numbers of sites that an image can have: a site takes a pixel at least, and readers take no more of these.
    private static let possible = 0...ReadingOptions().pixelLimit
  }

  /// In the order in which the images were given.
  public var entries: [Entry]

  /// A series of images that were sorted by one tree.
  public init(_ entries: [Entry]) { self.entries = entries }

  /// The same of images and their result folders.
  /// - Throws: `FormatError` where one is no result of `motifs` or `analyze`.
  public init(_ images: [(image: String, folder: String)]) throws {
    entries = try images.map { try Entry(image: $0.image, folder: $0.folder) }
  }

  /// The files that `write` writes.
  public static let names = ["class-counts.csv"]

  /// A class of the tree, and what the series says of it.
  package struct Row: Sendable {
    package var number, name: String
    /// Of each image: the sites in the class, and the share of all that were to be sorted (NaN where there are none).
    package var counts: [Int]
    package var shares: [Double]
    /// Variance of the shares from image to image over that of counting alone; 1 where all images are of one specimen, nil with fewer than
    /// two images or no site.
    package var excess: Double?
    /// Nil with too few images.
    package var trend: RankTrend?
    /// False discovery rate of the trend among all classes.
    package var q: Double?
  }

  /// The classes, the most frequent first, and at the end what fits none of them.
  package var rows: [Row] {
    var (order, names) = ([String](), [String: String]())
    for count in entries.flatMap(\.counts) where names.updateValue(count.name, forKey: count.number) == nil {
      order.append(count.number)
    }
    var rows = order.map { number in
      row(number, names[number] ?? "") { entry in
        entry.counts.first { $0.number == number }?.count ?? 0
      }
    }
    rows.sort { a, b in
      let (one, other) = (a.counts.reduce(0, +), b.counts.reduce(0, +))
      return one != other ? one > other : a.number.utf8.lexicographicallyPrecedes(b.number.utf8)
    }
    if entries.contains(where: { $0.unknown > 0 }) { rows.append(row("", TreeMethod.unknown) { $0.unknown }) }
    let tested = rows.indices.filter { rows[$0].trend != nil }
    for (place, q) in zip(tested, Statistics.falseDiscoveryRates(tested.compactMap { rows[$0].trend?.p })) {
      rows[place].q = q
    }
    return rows
  }

  private func row(_ number: String, _ name: String, _ count: (Entry) -> Int) -> Row {
    let counts = entries.map(count)
    let known = zip(counts, entries).filter { $0.1.all > 0 }
    let (sum, all) = (known.reduce(0) { $0 + $1.0 }, known.reduce(0) { $0 + $1.1.all })
    let mean = all > 0 ? Double(sum) / Double(all) : 0
    let chi = known.reduce(0) { total, pair in
      let expected = mean * Double(pair.1.all)
      let deviation = Double(pair.0) - expected
      return total + deviation * deviation / (expected * (1 - mean))
    }
    return Row(
      number: number, name: name, counts: counts,
      shares: zip(counts, entries).map { $1.all > 0 ? Double($0) / Double($1.all) : .nan },
      excess: known.count > 1 && mean > 0 && mean < 1 ? chi / Double(known.count - 1) : nil,
      trend: RankTrend(of: known.map { Double($0.0) / Double($0.1.all) }))
  }

  /// One row per image and class: `image,class,class_name,count,fraction,fraction_low,fraction_high`; the interval is Wilson's of 95 %,
  /// of counting alone.
  package var table: Data {
    var table = TableWriter(
      columns: ["image", "class", "class_name", "count", "fraction", "fraction_low", "fraction_high"])
    let rows = rows
    for (index, entry) in entries.enumerated() {
      for row in rows {
        let interval = entry.all > 0 ? Statistics.shareInterval(row.counts[index], of: entry.all) : [.nan, .nan]
        table.add(
          [TableWriter.cell(entry.image), row.number, TableWriter.cell(row.name), String(row.counts[index])]
            + ([row.shares[index]] + interval).map { TableWriter.number($0, decimals: 6) })
      }
    }
    return table.data
  }

  /// Writes `class-counts.csv`.
  /// - Throws: `FormatError` where it cannot be written.
  public func write(to folder: String, replacing: Bool) throws {
    try AtomicOutput.file(at: "\(folder)/\(Self.names[0])", replacing: replacing, contents: table)
  }
}
