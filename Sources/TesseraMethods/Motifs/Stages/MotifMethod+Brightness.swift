import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

extension MotifMethod {
  /// Brightness that changes by less than this factor hides no kinds.
  private static let leastRatio = 1.1

  /// The classes that the sites form by all that their patches show; where brightness that changes slowly hides the kinds there are, by
  /// what they show without it.
  ///
  /// Brightness that drifts, with thickness, contamination or illumination, outweighs all else, and what classes there are drown in it. So
  /// where the motifs seem to change gradually, or to be all alike, the sites are sorted without the mean brightness of their patches, which
  /// needs nothing but these; then with their brightness levelled, which needs a lattice and tells kinds that differ in brightness alone.
  /// The first that shows kinds stands.
  func bestAccount(
    of description: DescriptionStage, _ layouts: LayoutStage, _ patches: PatchStage, _ crystal: CrystalStage,
    _ found: ColumnFinder.Found, in prepared: Preparation.Prepared, seed: UInt64
  ) throws -> MotifAccount {
    let scan = ScanErrors(in: prepared.image, spacing: found.sites.meanSpacing ?? 0, jumps: patches.jumps)
    let noise = Self.momentNoise(found, prepared.image, basis: patches.basis)
    let sublattices = crystal.sublattices
    /// What a method makes of patches and what describes them; laid out unless that was done before.
    func sorted(
      by method: MotifMethod, _ patches: PatchStage, _ description: DescriptionStage, _ layouts: LayoutStage? = nil
    ) throws -> MotifAccount {
      let noise = noise * (patches.brightness?.noiseFactor(at: found.sites) ?? 1)
      let layouts =
        try layouts
        ?? method.layoutStage(of: description.features, rows: description.moments.existing, seed: seed)
      return MotifAccount(
        method: method, patches: patches, description: description, noise: noise, lineJitter: scan?.jitter ?? 0,
        sorting: try method.sortingStage(
          of: description.features, layouts, sites: crystal.sites, sublattices: sublattices, patches,
          noise: method.descriptor.leastNoiseShare * noise, scan: scan, seed: seed))
    }
    var bright = try sorted(by: self, patches, description, layouts)
    let seen = bright.sorting.structure
    bright.seemsContinuous = seen.kind == .continuous
    guard classCount == nil, seen.kind == .continuous || bright.sorting.classes.count == 1 else { return bright }
    if descriptor.keepsPiston, descriptor.maxOrder > 0 {
      var plain = self
      plain.descriptor.keepsPiston = false
      var own = description
      own.features = plain.descriptor.features(from: description.moments)
      var account = try sorted(by: plain, patches, own)
      if account.sorting.structure.kind == .discrete, account.sorting.classes.count > 1 {
        account.sorting.choices.append(.brightness(leftOutInsteadOf: seen))
        return account
      }
    }
    guard descriptor.keepsPiston, patches.brightness == nil else { return bright }
    let even = levelled(patches, around: crystal, found, in: prepared)
    guard let ratio = even.brightness?.ratio, ratio > Self.leastRatio else { return bright }
    var method = self
    method.levelsBrightness = true
    var account = try sorted(by: method, even, descriptionStage(of: even, crystal, found))
    let kinds = account.sorting
    guard kinds.structure.kind == .discrete, kinds.classes.count > 1 || seen.kind == .continuous else { return bright }
    account.seemsContinuous = seen.kind == .continuous
    return account
  }

  /// Patches divided by how bright columns of their kind are around them; the same patches where the columns share no lattice, which alone
  /// says what their kind is.
  func levelled(
    _ patches: PatchStage, around crystal: CrystalStage, _ found: ColumnFinder.Found, in prepared: Preparation.Prepared
  ) -> PatchStage {
    var stage = patches
    let image = prepared.image
    guard
      let field = BrightnessField(
        of: found.sites, sublattices: Array(crystal.sublattices.prefix(found.sites.count)), width: image.width,
        height: image.height)
    else {
      stage.warnings.append(
        "the columns share no lattice that tells their kinds, or are too few, so the brightness of their patches was not levelled"
      )
      return stage
    }
    stage.brightness = field
    stage.patches = Self.patches(
      of: field.levelled(found.flattened(image)), around: crystal.sites, side: patches.size,
      measured: prepared.isMeasured, jumps: patches.jumps)
    let ratio = Text.fixed(field.ratio, 2)
    stage.choices.append(
      .init(
        "brightness", "levelled", "columns of one kind are up to \(ratio) times as bright in one place as in another"))
    stage.warnings.append(
      "columns of one kind are up to \(ratio) times as bright in one place as in another, as where the thickness or the illumination "
        + "changes: motifs were sorted as if they were not; heights in the tables are those of the image")
    return stage
  }
}
