using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hub.Composition;

return await ProgramInfo.AnswerAsync(args, HubHost.Help, typeof(HubHost).Assembly) ?? await HubHost.RunAsync(args);
