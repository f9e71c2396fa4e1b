using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Answers as they come over the wire, in which a class is given by its number or by its name.</summary>
internal sealed class AnswerMapping(LabellingFiles files)
{
    /// <returns>The answer at <paramref name="index"/> of a call, without its annotator; or why its class is not known.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: a field is out of its bounds.</exception>
    public (LabelAnswer? Answer, string Problem) ToAnswer(Answer answer, int index)
    {
        var (label, version, problem) = answer.ClassName.Length > 0 ? Named(answer) : (answer.Label, answer.ClassNamesVersion, "");
        if (problem.Length > 0)
        {
            return (null, problem);
        }

        var read = LabelMapping.ToAnswer(answer, index);
        return (read with { Label = label, Conditions = read.Conditions with { ClassNamesVersion = version } }, "");
    }

    private (uint Label, string Version, string Problem) Named(Answer answer)
    {
        // A lease alone does not say whose names are meant; the store checks that both name one prediction.
        if (answer.Model.Length == 0 || answer.Version.Length == 0 || answer.PredictionId.Length == 0)
        {
            return (0, "", "class_name needs model, version and prediction_id");
        }

        var table = files.ClassesOf(answer.Model);
        if (answer.ClassNamesVersion.Length > 0 && !string.Equals(answer.ClassNamesVersion, table.Version, StringComparison.Ordinal))
        {
            return (0, "", $"class_names_version is '{answer.ClassNamesVersion}', the names in use are '{table.Version}': read them again (GetClasses)");
        }

        return table.Find(answer.ClassName) is { } number
            ? (number, table.Version, "")
            : (0, "", table.Classes.Count == 0
                ? $"class_name is '{answer.ClassName}'; the model '{answer.Model}' has no class names (Labelling:Classes), only numbers"
                : $"class_name is '{answer.ClassName}'; the model '{answer.Model}' has no such class, alias or number");
    }
}
