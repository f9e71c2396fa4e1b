using System.Xml;
using System.Xml.Linq;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>The labelling config of a project: what annotators see, in Label Studio's XML.</summary>
internal static class LabellingConfig
{
    /// <summary>Names of the controls, which come back in annotations.</summary>
    public const string LabelControl = "label";
    public const string SkipControl = "skip";

    /// <summary>Fields of a task's data.</summary>
    public const string Input = "input";
    public const string PredictionId = "prediction_id";
    public const string Model = "model";
    public const string Version = "version";

    /// <summary>More classes than this are searched by typing.</summary>
    private const int ManyClasses = 10;

    private static readonly string[] Fields = [Input, PredictionId, Model, Version];

    public static string Create(ContentKind content, ClassNames classes)
    {
        var shown = new XElement($"{content}", new XAttribute("name", Input), new XAttribute("value", $"${Input}"));
        if (content is ContentKind.Text or ContentKind.HyperText or ContentKind.TimeSeries)
        {
            shown.Add(new XAttribute("valueType", "url"));
        }

        var view = new XElement("View", shown);
        if (classes.Names.Count > ManyClasses)
        {
            view.Add(new XElement(
                "Filter", new XAttribute("name", "filter"), new XAttribute("toName", LabelControl), new XAttribute("minlength", 0),
                new XAttribute("hotkey", "shift+f")));
        }

        view.Add(Choices(
            LabelControl,
            classes.Names.Select((n, k) => new XElement("Choice", new XAttribute("value", n), new XAttribute("alias", ClassNames.AliasOf(k))))));
        view.Add(new XElement("Header", new XAttribute("value", "No label? Say why:"), new XAttribute("size", 5)));
        view.Add(Choices(SkipControl, SkipReasons.All.Select(r => new XElement("Choice", new XAttribute("value", r)))));
        return view.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Reads the config of an existing project.</summary>
    /// <param name="config">The XML.</param>
    /// <param name="classes">Classes of the model.</param>
    /// <param name="optionsField">Field of the data that the choices come from; null: they stand in the config.</param>
    /// <returns>Why the bridge cannot use it, a sentence each.</returns>
    public static IReadOnlyList<string> Check(string config, ClassNames classes, out string? optionsField)
    {
        optionsField = null;
        XElement root;
        try
        {
            using var reader = XmlReader.Create(new StringReader(config), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            root = XElement.Load(reader);
        }
        catch (XmlException e)
        {
            return [$"The labelling config is no XML: {e.Message}"];
        }

        List<string> problems = [];
        var labels = root.DescendantsAndSelf("Choices").FirstOrDefault(c => (string?)c.Attribute("name") == LabelControl);
        if (labels is null)
        {
            return [$"The labelling config has no <Choices name=\"{LabelControl}\">, which the label is read from."];
        }

        if ((string?)labels.Attribute("choice") is { } kind && !kind.StartsWith("single", StringComparison.Ordinal))
        {
            problems.Add($"The labelling config's choices \"{LabelControl}\" are choice=\"{kind}\"; a label is one class: choice=\"single\".");
        }

        if ((string?)labels.Attribute("value") is ['$', .. var field])
        {
            optionsField = field;
        }
        else
        {
            problems.AddRange(CheckChoices(labels, classes));
        }

        var known = optionsField is null ? Fields : [.. Fields, optionsField];
        problems.AddRange(root.DescendantsAndSelf().Attributes().Select(a => a.Value).Where(v => v.StartsWith('$')).Select(v => v[1..])
            .Except(known, StringComparer.Ordinal)
            .Select(v => $"The labelling config uses ${v}, which tasks of the bridge do not have; "
                + $"they have {string.Join(", ", Fields.Select(f => $"${f}"))}."));
        return problems;
    }

    private static IEnumerable<string> CheckChoices(XElement labels, ClassNames classes)
    {
        HashSet<int> offered = [];
        foreach (var choice in labels.Descendants("Choice"))
        {
            var shown = (string?)choice.Attribute("value") ?? "";
            var text = (string?)choice.Attribute("alias") ?? shown;
            if (classes.Find(text) is not { } k)
            {
                yield return $"The labelling config offers '{text}', which is neither the name nor the number of a class.";
            }
            else if (classes.Named(shown.Trim()) is { } other && other != k)
            {
                yield return $"The labelling config shows '{shown}' for class {k}, and that is the name of class {other}.";
                offered.Add(k);
            }
            else
            {
                offered.Add(k);
            }
        }

        var missing = Enumerable.Range(0, classes.Names.Count).Where(k => !offered.Contains(k)).ToArray();
        if (missing.Length > 0)
        {
            yield return $"The labelling config offers no choice for {missing.Length} classes, the first is {missing[0]} ('{classes.Names[missing[0]]}').";
        }
    }

    private static XElement Choices(string name, IEnumerable<XElement> choices) => new(
        "Choices", new XAttribute("name", name), new XAttribute("toName", Input), new XAttribute("choice", "single"), new XAttribute("showInline", "true"),
        choices);
}
