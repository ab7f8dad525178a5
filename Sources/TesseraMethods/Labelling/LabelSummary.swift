/// `summary.json` of the folder of `label`, which the command prints, too.
public struct LabelSummary: Encodable, Sendable {
  /// One image of the series.
  public struct Image: Encodable, Sendable {
    /// As its files are called.
    public var name: String
    /// Number of columns that label it, 0 or more.
    public var labels: Int
    /// Why it has none; absent where it has.
    public var reason: String?
  }

  /// The series as the user named it.
  public var input: String
  /// The folder; absent in the file, which lies in it.
  public var output: String?
  /// The image that labels the others.
  public var best: String
  /// Number of its columns, and of the images that have labels.
  public var columns, labelled: Int
  /// All images, in their order.
  public var images: [Image]
  /// What the user should know, one sentence each.
  public var warnings: [String]
  /// Of the program.
  public var version = TesseraVersion.current

  /// - Parameters:
  ///   - series: the labelled images.
  ///   - input: the series as the user named it.
  public init(_ series: LabelledSeries, input: String) {
    self.input = input
    (best, columns, labelled) = (series.sourceName, series.columnCount, series.labelled.count)
    images = series.images.map { Image(name: $0.name, labels: $0.labels.count, reason: $0.reason) }
    warnings = series.warnings
  }
}
