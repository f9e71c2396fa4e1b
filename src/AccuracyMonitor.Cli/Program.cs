using AccuracyMonitor.Cli;

return await CommandLine.RunAsync(Verbs.Create(), args);
