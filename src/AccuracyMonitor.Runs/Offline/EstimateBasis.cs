using System.Text.Json.Serialization;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>What the labels are, which decides what can be promised. The names in JSON are an interface.</summary>
internal enum EstimateBasis
{
    /// <summary>Every row has a label.</summary>
    [JsonStringEnumMemberName("all_labelled")]
    AllLabelled,

    /// <summary>Drawn by <c>select</c>, with known inclusion probabilities.</summary>
    [JsonStringEnumMemberName("drawn")]
    Drawn,

    /// <summary>The user says that each row had the same chance of a label.</summary>
    [JsonStringEnumMemberName("declared_random")]
    DeclaredRandom,

    /// <summary>Nothing is known about why these rows have labels.</summary>
    [JsonStringEnumMemberName("convenience")]
    Convenience,
}
