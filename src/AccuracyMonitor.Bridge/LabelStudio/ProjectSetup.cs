using System.Globalization;
using System.Text.Json;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>Finds or creates the project, and checks that annotators see neither predictions nor what the bridge cannot read back.</summary>
internal sealed class ProjectSetup(LabelStudioClient client, LabelStudioOptions options, ClassNames classes, string model)
{
    private const int MaxTitle = 50;
    private const int PageSize = 100;

    /// <summary>Settings that show a model's answer to annotators; all must be false.</summary>
    private static readonly string[] Revealing = ["show_collab_predictions", "reveal_preannotations_interactively"];

    private string Title
    {
        get
        {
            var title = options.Title.Length > 0 ? options.Title : $"Accuracy Monitor: {model}";
            return title.Length > MaxTitle ? title[..MaxTitle] : title;
        }
    }

    /// <param name="known">The project of an earlier start; null: none.</param>
    /// <param name="change">False: nothing is created or changed.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>The project, and the field of the data that its choices come from, if they do.</returns>
    public async Task<(PreparedProject Project, string? OptionsField)> PrepareAsync(string? known, bool change, CancellationToken cancel)
    {
        var asked = options.Project > 0 ? options.Project.ToString(CultureInfo.InvariantCulture) : known;
        if (asked is null && await FindAsync(cancel) is { } found)
        {
            asked = found;
        }

        if (asked is not null)
        {
            return await AdoptAsync(asked, change, cancel);
        }

        if (!change)
        {
            return (new PreparedProject(null, [], [$"The project '{Title}' would be created, with {classes.Names.Count} classes."]), null);
        }

        var created = await client.PostAsync("api/projects/", Settings(), cancel);
        return created.Id("id") is { } id
            ? (new PreparedProject(id, [], [$"The project {id}, '{Title}', was created."]), null)
            : throw new ToolException(ToolFailure.Unavailable, "Label Studio's answer to a new project has no id.");
    }

    private async Task<(PreparedProject Project, string? OptionsField)> AdoptAsync(string id, bool change, CancellationToken cancel)
    {
        JsonElement project;
        try
        {
            project = await client.GetAsync($"api/projects/{id}/", cancel);
        }
        catch (ToolException e) when (e.Failure == ToolFailure.NotFound)
        {
            return (new PreparedProject(id, [$"Label Studio has no project {id}, or hides it from the token's user."], []), null);
        }

        List<string> problems = [.. LabellingConfig.Check(project.Text("label_config") ?? "", classes, out var optionsField)];
        List<string> notes = [$"The project {id}, '{project.Text("title")}', is used."];
        var revealing = Revealing.Where(r => project.Flag(r) == true).ToArray();
        if (revealing.Length > 0 && options.AdjustProject)
        {
            var settings = string.Join(", ", revealing);
            notes.Add(change ? $"Set to false, so that labelling is blind: {settings}." : $"Would be set to false, so that labelling is blind: {settings}.");
            if (change && problems.Count == 0)
            {
                await client.PatchAsync($"api/projects/{id}/", revealing.ToDictionary(r => r, _ => false, StringComparer.Ordinal), cancel);
            }
        }
        else
        {
            problems.AddRange(revealing.Select(r =>
                $"The project {id} shows predictions to annotators ({r} is true), which biases the estimate. "
                    + "Set it to false, or set LabelStudio:AdjustProject=true."));
        }

        return (new PreparedProject(id, problems, notes), optionsField);
    }

    /// <summary>A creation whose answer was lost is found by its title.</summary>
    private async Task<string?> FindAsync(CancellationToken cancel)
    {
        string? found = null;
        long seen = 0;
        for (var page = 1; ; page++)
        {
            JsonElement answer;
            try
            {
                answer = await client.GetAsync($"api/projects/?page={page}&page_size={PageSize}&title={Uri.EscapeDataString(Title)}", cancel);
            }
            catch (ToolException e) when (e.Failure == ToolFailure.NotFound && page > 1)
            {
                return found;
            }

            var projects = answer.List("results").ToArray();
            var ids = projects.Where(p => p.Text("title") == Title).Select(p => p.Number("id")).OfType<long>().Order();
            found ??= ids.Select(i => i.ToString(CultureInfo.InvariantCulture)).FirstOrDefault();
            seen += projects.Length;
            if (projects.Length == 0 || seen >= (answer.Number("count") ?? 0))
            {
                return found;
            }
        }
    }

    /// <summary>A skipped task is done: its request is skipped, and nobody else is asked.</summary>
    private Dictionary<string, object> Settings() => new(StringComparer.Ordinal)
    {
        ["title"] = Title,
        ["description"] = $"Label requests of the model {model}. Made by Accuracy Monitor; tasks come and go by themselves.",
        ["label_config"] = LabellingConfig.Create(options.Content, classes),
        ["show_collab_predictions"] = false,
        ["reveal_preannotations_interactively"] = false,
        ["maximum_annotations"] = 1,
        ["enable_empty_annotation"] = false,
        ["show_skip_button"] = true,
        ["skip_queue"] = "IGNORE_SKIPPED",
    };
}
