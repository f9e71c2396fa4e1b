using AccuracyMonitor.Core.Agreement;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A label with the second opinion about it.</summary>
/// <param name="Labels">Both answers.</param>
/// <param name="Third">The third opinion's class; null: there is none.</param>
/// <param name="IsBlind">Are both known to have been given without the model's answer in view?</param>
/// <param name="IsDrawn">
/// Was the request drawn for a second opinion before any answer, and by a π itself? Otherwise a tool offered the opinion and chose the request, or the
/// request stands for no others.
/// </param>
public sealed record StoredDouble(DoubleLabel Labels, int? Third, bool IsBlind, bool IsDrawn);
