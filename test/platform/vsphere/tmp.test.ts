import { all, terraform, at } from "./prod";
test("x", () => { console.log(Object.keys(all).join("\n"), JSON.stringify(at("vsphere_virtual_machine.etcd-0"), null, 1).slice(0, 3000), JSON.stringify(terraform.provider)); 
const fs = require("fs"); fs.writeFileSync("/tmp/vs.json", JSON.stringify(terraform)); });
