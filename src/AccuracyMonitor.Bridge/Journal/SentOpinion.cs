using System.Runtime.InteropServices;

namespace AccuracyMonitor.Bridge.Journal;

/// <summary>An opinion that was sent to the queue.</summary>
/// <param name="Annotator">As it was recorded.</param>
/// <param name="IsTaken">False: the queue refused it, and the same is not sent again.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SentOpinion(string Annotator, int Class, bool IsTaken);
