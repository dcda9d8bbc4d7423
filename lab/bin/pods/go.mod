module coppice/lab/bin/pods

go 1.26

tool (
	coppice/lab/bin/pods/pause
	coppice/lab/bin/pods/web
)
