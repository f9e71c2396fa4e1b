using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>Labels of requests whose true class an expert has told, by whether the deployed model was right.</summary>
/// <param name="ModelRight">Such requests that the model was right about.</param>
/// <param name="LabelWrong">Those among them whose label is wrong.</param>
/// <param name="ModelWrong">Requests that the model was wrong about.</param>
/// <param name="LabelAsModel">Those among them whose label names the class that the model named.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GoldLabels(int ModelRight, int LabelWrong, int ModelWrong, int LabelAsModel);
